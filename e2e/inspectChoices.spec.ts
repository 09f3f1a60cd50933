/** What a user says of a scan and of how it is to be judged: unit and up axis, object score, tolerance, rim. */

import { expect, test } from 'playwright/test';
import { violations } from './axe.ts';
import { WITHOUT_WEBGPU } from './launch.ts';
import { drop, openStudio, pcdFile, SCORED, unfold, verdict, watchForErrors } from './studio.ts';

test.use({ ...WITHOUT_WEBGPU, bypassCSP: true });

test('unit and up axis are asked once, change figures and view, and are known for the next file', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await openStudio(page);
  await drop(page, [pcdFile('ring.pcd', 3000)]);
  const question = page.getByRole('region', { name: 'Unit and up axis of the scan' });
  await expect(question).toContainText('file units?');
  await expect(verdict(page)).toHaveText(SCORED, { timeout: 60_000 });
  const view = page.getByRole('application', { name: '3D view of ring.pcd' });
  const before = await view.screenshot();
  // The circle is drawn over the label that is pressed.
  await question.getByText('inch').click();
  await expect(question).toContainText('in?');
  await question.getByText('+Y').click();
  await expect.poll(async () => (await view.screenshot()).equals(before)).toBe(false);
  expect(await violations(page)).toEqual([]);
  await question.getByRole('button', { name: 'Done' }).click();
  await expect(question).toBeHidden();
  await drop(page, [pcdFile('second.pcd', 2000)]);
  await expect(page.getByRole('application', { name: '3D view of second.pcd' })).toBeVisible();
  await expect(question).toBeHidden();
  await unfold(page, 'Scan');
  await expect(page.getByLabel('Unit of the file')).toHaveValue('in');
  await expect(page.getByLabel('Axis that points up')).toHaveValue('+y');
  await expect(page.getByText('Remembered for .pcd files.')).toBeVisible();
  expect(errors).toEqual([]);
});

test('a scan is judged by another object score, against a tolerance, and without its rim', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await openStudio(page);
  await expect(verdict(page)).toHaveText('NOT OK');
  const rule = page.getByLabel('Object score by');
  await rule.selectOption('mean');
  await expect(page.getByText('Limit for this object score:')).toBeVisible();
  await rule.selectOption('own');

  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+T');
  await expect(verdict(page)).toHaveText('OUT OF TOLERANCE');
  await expect(page.getByText('Deviation along the normal')).toBeVisible();
  const tolerance = page.getByLabel('Tolerance, plus and minus');
  await tolerance.fill('50');
  await tolerance.press('Enter');
  await expect(verdict(page)).toHaveText('IN TOLERANCE');
  expect(await violations(page)).toEqual([]);

  await page.getByRole('application').focus();
  await page.keyboard.press('e');
  await expect(page.getByText(/points \(.*\) where the scan ends, or at holes, do not count/)).toBeVisible();
  await page.keyboard.press('Shift+T');
  await expect(verdict(page)).toHaveText('NOT OK');
  expect(errors).toEqual([]);
});
