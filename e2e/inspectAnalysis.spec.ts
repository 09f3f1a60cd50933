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
