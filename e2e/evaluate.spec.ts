/** Evaluate: from a folder of labelled scans to figures, one threshold, and files that others can read. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'playwright/test';
import { unfold, watchForErrors } from './studio.ts';

/** A plate of 40 x 40 points with waves, and a dent of 1 unit where it is defective. */
function plate(seed: number, dent: boolean): { readonly rows: string[]; readonly labels: number[] } {
  const rows: string[] = [];
  const labels: number[] = [];
  let state = seed;
  const noise = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 0.04;
  };
  for (let i = 0; i < 1600; i++) {
    const [x, y] = [i % 40, Math.floor(i / 40)];
    const inside = dent && (x - 28) ** 2 + (y - 12) ** 2 < 16;
    const z = 3 * Math.sin(x / 7) + 2 * Math.cos(y / 5) + (inside ? 1 : 0);
    rows.push([x, y, z].map((value) => (value + noise()).toFixed(4)).join(' '));
    labels.push(inside ? 1 : 0);
  }
  return { rows, labels };
}

function writeDataset(root: string): void {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (let i = 0; i < 2; i++)
    put(`set/plate/train/plate_template${i}.xyz`, plate(i + 1, false).rows.join('\n'));
  for (let i = 0; i < 2; i++)
    put(`set/plate/test/plate_positive${i}.xyz`, plate(i + 11, false).rows.join('\n'));
  for (let i = 0; i < 2; i++) {
    const { rows, labels } = plate(i + 21, true);
    put(`set/plate/test/plate_dent${i}.xyz`, rows.join('\n'));
    put(`set/plate/gt/plate_dent${i}.txt`, rows.map((row, at) => `${row} ${labels[at]}`).join('\n'));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'po3ad-evaluate-e2e-'));
test.beforeAll(() => writeDataset(folder));
test.afterAll(() => rmSync(folder, { recursive: true }));

test('a folder is measured, the threshold decides, the figures are saved and kept over a reload', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await page.goto('?mode=evaluate');
  await expect(page.getByRole('button', { name: 'Evaluate', exact: true })).toBeDisabled();
  const chooser = page.waitForEvent('filechooser');
  await page
    .getByRole('region', { name: 'Evaluation' })
    .getByRole('button', { name: 'Choose a folder' })
    .click();
  await (await chooser).setFiles(join(folder, 'set'));
  await expect(page.getByRole('checkbox', { name: /^plate/ })).toBeChecked();
  await page.getByRole('radio', { name: /^Distance to the good scans/ }).check();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();

  const figures = page.getByRole('table', { name: 'Figures by category' });
  await expect(figures.getByRole('row', { name: /^plate 4 \(2 bad\)/ })).toBeVisible();
  const cells = figures.getByRole('row', { name: /^plate 4/ }).getByRole('cell');
  await expect(cells.nth(1)).toHaveText(/^1\.0000/);

  const confusion = page.getByRole('region', { name: 'Confusion at the threshold' });
  await expect(confusion).toContainText('0 missed');
  await expect(confusion).toContainText('0 false alarms');
  await page.getByRole('slider', { name: 'Threshold of the evaluation' }).press('End');
  await expect(confusion).toContainText('2 missed');
  await page.getByRole('slider', { name: 'Threshold of the evaluation' }).press('Home');
  await expect(confusion).toContainText('2 false alarms');
  await page.getByRole('button', { name: 'Use the threshold with the best F1' }).click();
  await expect(confusion).toContainText('0 false alarms');
  await page.getByRole('radio', { name: 'Points' }).check();
  await expect(page.getByRole('img', { name: /^ROC: False positive rate/ })).toBeVisible();

  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const file = await (await saved).path();
  const [head, row] = readFileSync(file, 'utf8').split('\r\n');
  expect(head).toMatch(/^dataset,scorer,category,objects,anomalous,O-AUROC,P-AUROC/);
  expect(row).toMatch(/^set,residual,plate,4,2,1,0\.9/);

  await page.getByRole('button', { name: 'plate_dent0', exact: true }).click();
  await expect(page.getByRole('application', { name: '3D view of plate_dent0.xyz' })).toBeVisible();

  await page.getByRole('link', { name: 'Evaluate' }).click();
  await unfold(page, 'Ablations');
  await page.getByRole('button', { name: 'Compare norms and scores' }).click();
  await expect(page.getByRole('table', { name: 'Ablations' }).getByRole('row')).toHaveCount(7, {
    timeout: 120_000,
  });
  await expect(page.getByText('done', { exact: true })).toBeVisible();
  await page.reload();
  const runs = page.getByRole('list', { name: 'Runs' }).getByRole('listitem');
  await expect(runs).toHaveCount(2);
  await page.getByRole('button', { name: 'Rename residual' }).click();
  await page.getByRole('textbox', { name: 'Name of the run' }).fill('before the rework');
  await page.getByRole('textbox', { name: 'Name of the run' }).press('Enter');
  await page.getByRole('button', { name: /^before the rework/ }).click();
  await expect(cells.nth(1)).toHaveText(/^1\.0000/);
  await page.getByRole('radio', { name: 'Points' }).check();
  await expect(page.getByRole('img', { name: /^ROC: False positive rate/ })).toBeVisible();
  await page.getByRole('button', { name: 'Delete before the rework' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click();
  await expect(runs).toHaveCount(1);
  expect(errors).toEqual([]);
});
