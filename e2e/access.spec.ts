/** The page for everybody: no accessibility violations, keyboard, themes, small screens. */

import { expect, type Page, test } from 'playwright/test';
import { violations } from './axe.ts';
import { drop, openStudio, plyFile, unfold } from './studio.ts';

// The page's own policy forbids foreign scripts; the checker is one.
test.use({ bypassCSP: true });

async function chooseTheme(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Theme' }).click();
  await page.getByRole('radio', { name }).check();
  await page.keyboard.press('Escape');
}

test('every theme is free of violations, with messages, samples and keys open', async ({ page }) => {
  await page.goto('');
  await page.getByRole('button', { name: 'Samples' }).click();
  await drop(page, [{ name: 'broken.pcd', text: 'nothing' }]);
  await expect(page.getByRole('alert')).toBeVisible();
  for (const theme of ['Dark', 'Light', 'White report']) {
    await chooseTheme(page, theme);
    expect(await violations(page), theme).toEqual([]);
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and mouse' })).toBeVisible();
  expect(await violations(page), 'keys').toEqual([]);
});

test('Train mode is free of violations in every tab and theme', async ({ page }) => {
  await page.goto('?mode=train');
  await drop(page, [plyFile('good.ply', 1500)]);
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled({ timeout: 60_000 });
  await page.getByText('Advanced').click();
  for (const tab of ['New run', 'Runs', 'Models']) {
    await page.getByRole('tab', { name: tab }).click();
    for (const theme of ['Dark', 'Light', 'White report']) {
      await chooseTheme(page, theme);
      expect(await violations(page), `${tab}, ${theme}`).toEqual([]);
    }
  }
});

test('the theme follows the system until it is chosen, and the choice is kept', async ({ page }) => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.goto('');
  await expect(page.getByRole('main')).toBeVisible();
  const dark = await background();
  await page.emulateMedia({ colorScheme: 'light' });
  await expect.poll(background).not.toBe(dark);
  await chooseTheme(page, 'Dark');
  await expect.poll(background).toBe(dark);
  await page.reload();
  await expect.poll(background).toBe(dark);
});

test('the keyboard reaches the 3D view, acts there and leaves it again', async ({ page }) => {
  await page.goto('');
  await expect(page.getByRole('application', { name: /^3D view of / })).toBeVisible();
  await unfold(page, 'Colours and points');
  const heatmap = page.getByRole('switch', { name: /^Heatmap/ });
  const view = page.getByRole('application');
  await page.getByRole('button', { name: 'Open files' }).focus();
  await page.keyboard.press('Tab');
  await expect(view).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(heatmap).not.toBeChecked();
  await page.keyboard.press('Tab');
  await expect(heatmap).toBeChecked();
  await page.keyboard.press('c');
  await expect(page.getByLabel('Colour map')).toHaveValue('cividis');
  await page.keyboard.press('Shift+Tab');
  await expect(view).not.toBeFocused();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys and mouse' });
  await expect(keys).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
});

test('a phone shows everything in one column, nothing is cut off', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await openStudio(page);
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Samples' }).click();
  await expect(page.getByRole('region', { name: /the model’s part/ })).toBeVisible();
  expect(await overflow()).toBe(0);
});
