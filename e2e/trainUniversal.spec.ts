/** Train from the universal model: it learns how the good scans differ, and judges with them. On wasm. */

import { expect, test } from 'playwright/test';
import { WITHOUT_WEBGPU } from './launch.ts';
import { drop, verdict, watchForErrors } from './studio.ts';
import { fact, models, openTrain, plate, start, state } from './training.ts';

test.use(WITHOUT_WEBGPU);

test('the universal model is fine-tuned on good scans and judges another one by them', async ({ page }) => {
  test.setTimeout(300_000);
  const errors = watchForErrors(page);
  await openTrain(page);
  await drop(page, [plate('plate.xyz', 1), plate('plate 2.xyz', 2), plate('bump.xyz', 3, 9)]);
  await page.getByRole('combobox', { name: 'Use of bump.xyz' }).selectOption('unused');
  await page.getByRole('combobox', { name: 'Start from' }).selectOption({
    label: 'From the universal model: “Universal, compares with good scans” (comes with the page)',
  });
  await expect(page.getByText('become what it compares with')).toBeVisible();
  await expect(page.getByRole('radio', { name: /^Paper/ })).toHaveCount(0);
  await page.getByText('Advanced').click();
  const few = { Steps: '2', 'Clouds per step': '2', 'Points per cloud': '400', 'Save every … steps': '1' };
  for (const [label, value] of Object.entries(few)) {
    await page.getByRole('textbox', { name: label, exact: true }).fill(value);
    await page.getByRole('textbox', { name: label, exact: true }).press('Enter');
  }
  await page.getByRole('textbox', { name: 'Name of the model' }).fill('Plate, compared');
  await start(page);
  await expect(state(page)).toHaveText('done', { timeout: 180_000 });
  await models(page);
  const card = page.getByRole('article', { name: 'Model Plate, compared' });
  await expect(card).toContainText('Fine-tuned from');
  await expect(card).toContainText('taken from the good scans it is compared with');
  await expect(fact(page, /^Scans/).first()).toHaveText(/plate 2\.xyz/);
  // The good scans are kept with the model.
  await page.reload();
  await models(page);
  await card.getByRole('button', { name: 'Inspect with it' }).click();
  await expect(page.getByRole('combobox', { name: 'Network' })).toHaveValue(/^[0-9a-f]{64}$/);
  await drop(page, [plate('bump.xyz', 3, 9)]);
  await page.getByRole('button', { name: 'Samples' }).click();
  await page.getByRole('button', { name: /^bump\.xyz/ }).click();
  await expect(page.getByRole('list', { name: 'Good scans' }).getByRole('listitem')).toHaveCount(2);
  await expect(verdict(page)).toHaveText('NOT OK', { timeout: 180_000 });
  expect(errors.filter((text) => !text.includes('favicon'))).toEqual([]);
});
