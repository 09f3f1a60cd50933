/** Every command by its name, every key another one, every block folded: and all of it kept. */

import { expect, test } from 'playwright/test';
import { openStudio, watchForErrors } from './studio.ts';

test('a command is found by some letters of its name and done', async ({ page }) => {
  const errors = watchForErrors(page);
  await openStudio(page, '?backend=wasm');
  await page.keyboard.press('Control+k');
  const finder = page.getByRole('combobox', { name: 'Name of the command' });
  await expect(finder).toBeFocused();
  await finder.fill('map inferno');
  await expect(page.getByRole('listbox', { name: 'Commands' }).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(finder).toBeHidden();
  await page.getByRole('button', { name: 'Colours and points' }).click();
  await expect(page.getByLabel('Colour map')).toHaveValue('inferno');

  await page.keyboard.press('Control+k');
  await finder.fill('go to label');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/mode=label/);
  // Of two modes, only the keys of this one.
  await page.keyboard.press('Control+k');
  await finder.fill('region');
  await expect(page.getByRole('option', { name: /Next defect region/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(finder).toBeHidden();
  expect(errors).toEqual([]);
});

test('a key is changed, does its new work after a reload, and goes back', async ({ page }) => {
  await openStudio(page, '?backend=wasm');
  const samples = page.getByRole('complementary', { name: 'Scans and samples' });
  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'Key of “Show or hide the scans and samples”: G' }).click();
  await page.keyboard.press('c');
  await expect(page.getByText('“Next colour map” had that key and has none now.')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.reload();
  await expect(page.getByRole('application', { name: /^3D view of / })).toBeVisible();
  await page.keyboard.press('g');
  await expect(samples).toBeHidden();
  await page.keyboard.press('c');
  await expect(samples).toBeVisible();
  await page.keyboard.press('?');
  await page.getByRole('button', { name: 'All keys as at first' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys and mouse' })).toBeHidden();
  await page.keyboard.press('g');
  await expect(samples).toBeHidden();
});

test('a folded block of the inspector stays folded after a reload', async ({ page }) => {
  await openStudio(page, '?backend=wasm');
  const slider = page.getByRole('slider', { name: 'Threshold', exact: true });
  await expect(slider).toBeVisible();
  await page.getByRole('button', { name: 'Threshold', exact: true }).click();
  await expect(slider).toBeHidden();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Threshold', exact: true })).toHaveAttribute(
    'aria-expanded',
    'false',
  );
});
