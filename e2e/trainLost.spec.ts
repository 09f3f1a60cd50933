/** Train on WebGPU: the device goes away in the middle of a run. */

import { expect, test } from 'playwright/test';
import { drop } from './studio.ts';
import { fact, models, openTrain, plate, setUp, start, state } from './training.ts';

test('a run recovers from a lost GPU by itself', async ({ page }) => {
  test.setTimeout(300_000);
  await openTrain(page, 'webgpu');
  await expect(page.getByRole('contentinfo')).toContainText('WebGPU');
  await drop(page, [plate('plate.xyz', 1)]);
  await setUp(page, 'Plate', {
    Steps: '6',
    'Voxel edge, R': '0.15',
    'Clouds per step': '1',
    'Save every … steps': '2',
  });
  await start(page);
  await expect(fact(page, /^Saved up to/)).toHaveText('step 2', { timeout: 120_000 });
  const worker = page.workers()[0]!;
  await worker.evaluate(() => {
    const make = GPUDevice.prototype.createBuffer;
    GPUDevice.prototype.createBuffer = function (descriptor) {
      GPUDevice.prototype.createBuffer = make;
      this.destroy();
      return make.call(this, descriptor);
    };
  });
  await expect(page.getByRole('alert').filter({ hasText: 'The engine stopped' })).toBeVisible({
    timeout: 120_000,
  });
  await expect(state(page)).toHaveText('done', { timeout: 120_000 });
  await models(page);
  await expect(fact(page, /^Steps/)).toContainText('6,');
});
