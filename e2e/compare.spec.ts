/** A good scan and one to check: the defect is found without training, walked to, restored and saved. */

import { readFileSync } from 'node:fs';
import { expect, type Page, test } from 'playwright/test';
import { drop, openStudio, untilStill, verdict, watchForErrors } from './studio.ts';

/** A bracket-like block with waves on top, 6,000 points; `dent` presses a place of its top in. */
function block(seed: number, dent: boolean, unit = 1): string {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const rows: string[] = [];
  for (let i = 0; i < 6000; i++) {
    const [u, v] = [uniform(), uniform()];
    // Faces of a block of 60 x 40 x 20 with a step, told apart by the index.
    let p: [number, number, number];
    if (i % 4 < 2) {
      const [x, y] = [60 * u, 40 * v];
      const depth = dent ? 5 * Math.exp(-((x - 20) ** 2 + (y - 15) ** 2) / 40) : 0;
      p = [x, y, (x > 38 ? 20 : 14) + 1.5 * Math.sin(x / 6) - depth];
    } else if (i % 4 === 2) p = [60 * u, uniform() < 0.5 ? 0 : 40, 13 * v];
    else p = [uniform() < 0.5 ? 0 : 60, 40 * u, 13 * v];
    rows.push(p.map((value) => ((value + (uniform() - 0.5) * 0.08) * unit).toFixed(4)).join(' '));
  }
  return rows.join('\n');
}

/** Drops files on the right half of the page, where good scans go. */
async function dropGood(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([file, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content!], file!));
      return transfer;
    },
    [name, text],
  );
  const target = page.getByRole('main');
  const at = await page.evaluate(() => window.innerWidth * 0.75);
  await target.dispatchEvent('dragover', { dataTransfer: data, clientX: at });
  await expect(page.getByText('to compare others with')).toBeVisible();
  await target.dispatchEvent('drop', { dataTransfer: data, clientX: at });
}

test('the first view is a sample judged by good scans of its part', async ({ page }) => {
  await openStudio(page);
  await expect(verdict(page)).toHaveText('NOT OK');
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText(/Aligned: .* overlap/);
  await expect(page.getByRole('button', { name: 'Go to region 1' })).toBeVisible();
});

test('a good scan and a dented one: found, walked to, restored, saved', async ({ page }) => {
  test.setTimeout(150_000);
  const errors = watchForErrors(page);
  await page.goto('');
  await dropGood(page, 'good.xyz', block(1, false));
  await drop(page, [{ name: 'dented.xyz', text: block(2, true) }]);
  await expect(page.getByRole('application', { name: '3D view of dented.xyz' })).toBeVisible();
  await expect(verdict(page)).toHaveText('NOT OK', { timeout: 90_000 });
  const regions = page.getByRole('table', { name: 'Defect regions' });
  await expect(regions.getByRole('row').nth(1)).toContainText('dent');

  await page.getByRole('application').focus();
  await page.keyboard.press('n');
  await expect(page.getByRole('button', { name: 'Go to region 1' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('button', { name: 'Pin of region 1' })).toHaveAttribute('aria-pressed', 'true');
  await untilStill(page);
  const restore = page.getByRole('slider', { name: 'As it should be' });
  await restore.press('End');
  await expect(restore).toHaveAttribute('aria-valuetext', /^100\s%$/);

  const list = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the regions as CSV' }).click();
  const [head, row] = readFileSync(await (await list).path(), 'utf8').split('\r\n');
  expect(head).toMatch(/^region,points,kind,peak/);
  const [, , kind, peak, , , , x, y] = row!.split(',');
  expect(kind).toBe('dent');
  expect(Number(peak)).toBeGreaterThan(1);
  // Within the dent, which is about 6 wide around there.
  expect(Math.hypot(Number(x) - 20, Number(y) - 15)).toBeLessThan(6);

  const ply = page.waitForEvent('download');
  await page.getByRole('button', { name: 'PLY', exact: true }).click();
  const saved = await ply;
  expect(saved.suggestedFilename()).toBe('dented_scored.ply');
  const header = readFileSync(await saved.path())
    .subarray(0, 600)
    .toString('latin1');
  expect(header).toContain('element vertex 6000');
  expect(header).toContain('property float offset_z');
  expect(errors).toEqual([]);
});

test('a scan in metres beside a good one in millimetres is asked about, then judged', async ({ page }) => {
  test.setTimeout(150_000);
  await page.goto('');
  await dropGood(page, 'good.xyz', block(1, false));
  await drop(page, [{ name: 'metres.xyz', text: block(3, false, 0.001) }]);
  await expect(verdict(page)).toHaveText('NO VERDICT', { timeout: 90_000 });
  await page.getByRole('button', { name: 'Multiply its coordinates by 1,000' }).click();
  await expect(verdict(page)).toHaveText('OK', { timeout: 60_000 });
});
