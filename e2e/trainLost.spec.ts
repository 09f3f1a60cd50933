/** Train on WebGPU: the device goes away in the middle of a run. */

import { expect, test } from 'playwright/test';
import { drop } from './studio.ts';
import { fact, models, openTrain, plate, setUp, start, state } from './training.ts';

test('a run recovers from a lost GPU by itself', async ({ page }) => {
  test.setTimeout(480_000);
  await openTrain(page, 'webgpu');
  await expect(page.getByRole('contentinfo')).toContainText('WebGPU');
  await drop(page, [plate('plate.xyz', 1)]);
  await setUp(page, 'Plate', {
    Steps: '6',
    'Voxel edge, R': '0.15',
    'Clouds per step': '1',
    'Save every … steps': '2',
  });
  // However fast the machine is: the first checkpoint that is written arms it, the next buffer breaks it.
  await page.workers()[0]!.evaluate(() => {
    const write = FileSystemFileHandle.prototype.createWritable;
    const make = GPUDevice.prototype.createBuffer;
    FileSystemFileHandle.prototype.createWritable = function (options) {
      if (this.name.startsWith('checkpoint.')) {
        FileSystemFileHandle.prototype.createWritable = write;
        GPUDevice.prototype.createBuffer = function (descriptor) {
          GPUDevice.prototype.createBuffer = make;
          this.destroy();
          return make.call(this, descriptor);
        };
      }
      return write.call(this, options);
    };
  });
  await start(page);
  await expect(page.getByRole('alert').filter({ hasText: 'The engine stopped' })).toBeVisible({
    timeout: 240_000,
  });
  await expect(state(page)).toHaveText('done', { timeout: 240_000 });
  await models(page);
  await expect(fact(page, /^Steps/)).toContainText('6,');
});
