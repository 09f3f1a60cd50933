/** What Inspect mode makes of a result: the report that is saved. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'playwright/test';
import { pdfPictures, pdfText } from '../src/testing/pdfText.ts';
import { openStudio, verdict, watchForErrors } from './studio.ts';

test('the report of a sample is one page with pictures, verdict, regions and hashes; the view stays', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await openStudio(page);
  await expect(verdict(page)).toHaveText('NOT OK');
  const save = page.getByRole('button', { name: 'Report (PDF)' });
  await expect(save).toBeEnabled();
  const view = page.getByRole('application');
  const before = await view.screenshot();
  const download = page.waitForEvent('download');
  await save.click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/_report\.pdf$/);
  const bytes = readFileSync(await file.path());
  const text = pdfText(bytes).join('\n');
  expect(text).toContain('NOT OK');
  expect(text).toMatch(/SHA-256/);
  expect(text).toMatch(/Reference hash\n[0-9a-f]{32}/);
  expect(text).toMatch(/Defect regions: [1-9]/);
  expect(text).toMatch(/Aligned: .* overlap/);
  expect(pdfPictures(bytes)).toBe(4);
  await expect(save).toBeEnabled();
  expect((await view.screenshot()).equals(before), 'the picture on the screen').toBe(true);
  expect(errors).toEqual([]);
});

test('bulges and dents get two colours, on the part and in the histogram', async ({ page }) => {
  await openStudio(page, '?sample=flange_bulge0');
  await expect(page.getByRole('button', { name: 'Go to region 1' })).toBeVisible();
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+C');
  await expect(page.getByText('+ bulge ≥')).toBeVisible();
  await expect(page.getByText('offset along the normal')).toBeVisible();
  const red = async () => {
    const png = await page.getByRole('application').screenshot();
    return page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      // The part itself: the legend has both colours, the frame of the focus is blue.
      const { width, height } = bitmap;
      const { data } = context.getImageData(width * 0.25, height * 0.04, width * 0.55, height * 0.9);
      const counts = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i]! - data[i + 2]! > 60) counts[0]!++;
        if (data[i + 2]! - data[i]! > 60) counts[1]!++;
      }
      return counts;
    }, png.toString('base64'));
  };
  await expect.poll(async () => (await red())[0]).toBeGreaterThan(100);
  const [bulge, dent] = await red();
  expect(dent).toBeLessThan(bulge! / 4);
});
