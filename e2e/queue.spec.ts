/** A folder's worth of scans: followed in a list, walked under a filter; comments and accepted regions over a reload. */

import { readFile } from 'node:fs/promises';
import { expect, type Page, test } from 'playwright/test';
import { violations } from './axe.ts';
import { WITHOUT_WEBGPU } from './launch.ts';
import { drop, openStudio, pcdFile, SCORED, unfold, verdict, watchForErrors } from './studio.ts';

// The checker of accessibility does not pass the page’s policy.
test.use({ ...WITHOUT_WEBGPU, bypassCSP: true });

/** A closed shape of few triangles. */
function octahedron(): string {
  const corners = [
    [40, 0, 0],
    [-40, 0, 0],
    [0, 40, 0],
    [0, -40, 0],
    [0, 0, 60],
    [0, 0, -60],
  ].map((corner) => `v ${corner.join(' ')}`);
  const faces = ['1 3 5', '3 2 5', '2 4 5', '4 1 5', '3 1 6', '2 3 6', '4 2 6', '1 4 6'];
  return [...corners, ...faces.map((face) => `f ${face}`)].join('\n');
}

async function saved(page: Page, press: () => Promise<void>): Promise<string> {
  const download = page.waitForEvent('download');
  await press();
  return readFile(await (await download).path(), 'utf8');
}

test('a queue goes on past a broken scan; the list is filtered, walked and saved; a mesh becomes points', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await openStudio(page);
  const parts = Array.from({ length: 6 }, (_, i) => pcdFile(`part${i}.pcd`, 300 + 20 * i));
  await drop(page, [
    ...parts,
    { name: 'broken.ply', text: 'ply\nnonsense' },
    { name: 'mesh.obj', text: octahedron() },
  ]);
  const list = page.getByRole('list', { name: 'Open scans' });
  await expect(page.getByRole('status', { name: 'Queue' })).toHaveText('9 scans · 1 failed');
  await expect(list.getByRole('listitem')).toHaveCount(9);
  expect(await violations(page), 'list of scans').toEqual([]);

  await page.getByRole('button', { name: /^Failed/ }).click();
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await expect(list).toContainText('line 2: the PLY header has no end_header');
  await page.getByRole('button', { name: /^All/ }).click();
  await page.getByRole('searchbox', { name: 'Part of the name' }).fill('part');
  await page.getByRole('combobox', { name: 'Order of the scans' }).selectOption('points');
  await expect(list.getByRole('listitem').first()).toContainText('part5.pcd');
  await list.getByRole('button', { name: /^part5/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('application', { name: '3D view of part4.pcd' })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('application', { name: '3D view of part3.pcd' })).toBeVisible();

  const csv = await saved(page, () =>
    page.getByRole('button', { name: 'Save the results of all scans as CSV' }).click(),
  );
  expect(csv.trim().split('\r\n')).toHaveLength(10);
  expect(csv).toMatch(/\nbroken\.ply,failed,.*line 2/);

  // Six corners say little of a shape; its surface has as many points as are wanted.
  await page.getByRole('searchbox', { name: 'Part of the name' }).fill('mesh');
  await list.getByRole('button', { name: /^mesh\.obj/ }).click();
  await expect(page.getByRole('application', { name: '3D view of mesh.obj' })).toBeVisible();
  await page.getByRole('button', { name: 'Points of the surface' }).click();
  await expect(list).toContainText('100,000 points');
  await expect(verdict(page)).toHaveText(SCORED, { timeout: 120_000 });
  expect(errors).toEqual([]);
});

test('a comment and an accepted region stay with the scan, also over a reload', async ({ page }) => {
  const errors = watchForErrors(page);
  await openStudio(page);
  await expect(verdict(page)).toHaveText('NOT OK');
  await page.getByRole('application').focus();
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Comment of pin A' }).fill('scratch beside the seam');
  expect(await violations(page), 'comment of a pin').toEqual([]);
  await page.keyboard.press('Enter');
  await expect(
    page.getByRole('button', { name: 'Pin A: scratch beside the seam', exact: true }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Accept region 1 as normal' }).click();
  await expect(verdict(page)).toHaveText('OK');
  await page.getByRole('application').focus();
  await page.keyboard.press('Control+z');
  await expect(verdict(page)).toHaveText('NOT OK');
  await page.keyboard.press('Control+Shift+z');
  await expect(verdict(page)).toHaveText('OK');
  // Writing takes a moment, and a reload does not wait for it.
  await page.getByRole('link', { name: 'Label' }).click();
  await expect(page.getByText('Every step is kept in this browser.')).toBeVisible();
  await page.getByRole('link', { name: 'Inspect' }).click();

  await page.reload();
  await expect(verdict(page)).toHaveText('OK', { timeout: 120_000 });
  await unfold(page, 'Pins');
  await page.getByRole('button', { name: 'Go to pin A: scratch beside the seam' }).click();
  const csv = await saved(page, () => page.getByRole('button', { name: 'Save the pins as CSV' }).click());
  expect(csv).toContain('scratch beside the seam');
  await page.getByRole('button', { name: 'Region 1 counts again' }).click();
  await expect(verdict(page)).toHaveText('NOT OK');
  expect(errors).toEqual([]);
});
