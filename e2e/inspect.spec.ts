/** Inspect: from opening the page to the heatmap of an own scan. */

import { expect, test } from 'playwright/test';
import {
  countAbove,
  countFrames,
  drop,
  framesAsked,
  openStudio,
  pcdFile,
  pictureStatistics,
  plyFile,
  readCount,
  SCORED,
  unfold,
  untilStill,
  verdict,
  watchForErrors,
} from './studio.ts';

test('the first view is a sample with its heatmap, legend and verdict, and then nothing is drawn', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await countFrames(page);
  await openStudio(page, '?backend=webgpu');
  expect(await page.evaluate(() => crossOriginIsolated), 'isolated, for WebAssembly threads').toBe(true);
  await expect(page.getByRole('application', { name: /^3D view of / })).toBeVisible();
  const [, points] = await readCount(page);
  expect(points).toBeGreaterThan(1000);
  await expect(page.getByRole('contentinfo')).toContainText(`${points.toLocaleString('en-US')} points`);
  await expect(page.getByRole('contentinfo')).toContainText('WebGPU');
  await expect(page.getByRole('slider', { name: 'Threshold on the histogram' })).toBeVisible();

  // With the threshold at zero every point has a colour of the map: the picture is the heatmap.
  await page.getByRole('slider', { name: 'Threshold', exact: true }).press('Home');
  await untilStill(page);
  const { coloured, colours } = await pictureStatistics(page);
  expect(coloured).toBeGreaterThan(0.1);
  expect(colours).toBeGreaterThan(100);

  const before = await framesAsked(page);
  expect(before).toBeGreaterThan(0);
  await page.waitForTimeout(1000);
  expect(await framesAsked(page)).toBe(before);
  expect(errors).toEqual([]);
});

test('a CPU that plays the GPU is left alone: WebAssembly is faster, and the status bar tells why', async ({
  page,
}) => {
  await openStudio(page);
  const bar = page.getByRole('contentinfo');
  await expect(bar).toContainText('WebAssembly');
  await expect(bar.getByTitle(/WebGPU here is a software adapter/)).toBeVisible();
});

test('dropped PCD and PLY files get a heatmap; arrows go through the scans', async ({ page }) => {
  await countFrames(page);
  await openStudio(page);
  await drop(page, [pcdFile('ring.pcd', 2400), plyFile('ring-small.ply', 1200)]);
  await expect(page.getByRole('application', { name: '3D view of ring-small.ply' })).toBeVisible();
  await expect(countAbove(page)).toContainText('of 1,200 points above');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('application', { name: '3D view of ring.pcd' })).toBeVisible();
  await expect(countAbove(page)).toContainText('of 2,400 points above');
  await expect(verdict(page)).toHaveText(SCORED);
  await expect(page.getByRole('contentinfo')).toContainText('file units');
  await unfold(page, 'Scan');
  await page.getByLabel('Unit of the file').selectOption('Millimetres');
  await expect(page.getByRole('contentinfo')).toContainText('mm');

  await page.getByRole('slider', { name: 'Threshold', exact: true }).press('Home');
  await untilStill(page);
  expect((await pictureStatistics(page)).coloured).toBeGreaterThan(0.05);
});

test('a broken file says what, where and why; the earlier scan stays and the page goes on', async ({
  page,
}) => {
  await openStudio(page);
  const before = await page.getByRole('application').getAttribute('aria-label');
  await drop(page, [
    { name: 'broken.ply', text: 'ply\nformat ascii 1.0\nelement vertex three\nend_header\n' },
  ]);
  const message = page.getByRole('alert');
  await expect(message).toContainText('Could not read “broken.ply”');
  await expect(message).toContainText('stays open');
  await expect(message.locator('code')).toContainText('broken.ply');
  await expect(page.getByRole('application')).toHaveAttribute('aria-label', before ?? '');
  await page.getByRole('button', { name: 'Dismiss this message' }).click();
  await expect(message).toBeHidden();
  await drop(page, [plyFile('good.ply', 600)]);
  await expect(countAbove(page)).toContainText('of 600 points above');
});

test('the threshold follows slider, keys and number, and the count follows the threshold', async ({
  page,
}) => {
  await openStudio(page);
  const count = async () => (await readCount(page))[0];
  const [atModel, points] = await readCount(page);

  const slider = page.getByRole('slider', { name: 'Threshold', exact: true });
  await slider.press('Home');
  expect(await count()).toBeGreaterThan(0.9 * points);
  await slider.press('End');
  const atEnd = await count();
  expect(atEnd).toBeLessThanOrEqual(atModel);

  await page.getByRole('application').focus();
  const valueAtEnd = Number(await slider.inputValue());
  for (let i = 0; i < 30; i++) await page.keyboard.press(',');
  const lowered = Number(await slider.inputValue());
  expect(lowered / valueAtEnd).toBeCloseTo(0.7, 2);
  expect(await count()).toBeGreaterThanOrEqual(atEnd);
  for (let i = 0; i < 10; i++) await page.keyboard.press('.');
  expect(Number(await slider.inputValue()) / valueAtEnd).toBeCloseTo(0.8, 2);

  await page.getByRole('button', { name: 'Use the model’s threshold' }).click();
  expect(await count()).toBe(atModel);
  const handle = page.getByRole('slider', { name: 'Threshold on the histogram' });
  await handle.press('Home');
  expect(await count()).toBeGreaterThan(0.9 * points);
  await page.getByLabel('Points count as defect above').fill('1e6');
  await page.getByLabel('Points count as defect above').press('Enter');
  expect(await count()).toBe(0);
});

test('a link opens its sample; the gallery changes sample and address', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: 'Samples' }).click();
  // The samples of the model's own part come first.
  const gallery = page.getByRole('region', { name: /the model’s part/ });
  expect(await gallery.getByRole('button').count()).toBeGreaterThan(3);
  const other = gallery.locator('button:not([aria-current])').first();
  const title = await other.locator('.sample-title').textContent();
  await other.click();
  await expect(page.getByRole('application', { name: `3D view of ${title}`, exact: true })).toBeVisible();
  const address = page.url();
  expect(address).toContain('?sample=');
  await page.goto(address);
  await expect(page.getByRole('application', { name: `3D view of ${title}`, exact: true })).toBeVisible();
});
