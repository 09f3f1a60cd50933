/** What the journeys through Train mode share: a part that is learned in a few dozen steps, and the way there. */

import { expect, type Page } from 'playwright/test';
import type { MadeFile } from './studio.ts';

/** A plate of 100 x 60 mm with a slight waviness; a scan that always lies the same way. @param bump height, mm */
export function plate(name: string, seed: number, bump = 0): MadeFile {
  const rows = Array.from({ length: 1600 }, (_, i) => {
    const [x, y] = [(i % 40) * 2.5, Math.floor(i / 40) * 1.5];
    const noise = (((i * 7919 + seed * 104729) % 101) / 101 - 0.5) * 0.2;
    const z = noise + bump * Math.exp(-((x - 30) ** 2 + (y - 30) ** 2) / 60);
    return `${x} ${y} ${z.toFixed(4)}`;
  });
  return { name, text: `${rows.join('\n')}\n` };
}

/** What makes a few dozen steps on a CPU enough. */
export const QUICK: Readonly<Record<string, string>> = {
  'Voxel edge, R': '0.08',
  Steps: '50',
  'Learning rate': '0.005',
  'Patches J (Norm-AS)': '24',
  'Greatest height β, R (Norm-AS)': '0.2',
  'Lowest height β, R (Norm-AS)': '0.15',
  'Look every … steps': '10',
  'Save every … steps': '5',
};

export async function openTrain(page: Page, backend = 'auto'): Promise<void> {
  await page.goto(`?mode=train&backend=${backend}`);
  await expect(page.getByRole('contentinfo')).toContainText(/WebAssembly|WebGPU/, { timeout: 60_000 });
}

export async function setUp(
  page: Page,
  name: string,
  numbers: Readonly<Record<string, string>> = {},
): Promise<void> {
  await page.getByRole('tab', { name: 'New run' }).click();
  await page.getByRole('textbox', { name: 'Name of the model' }).fill(name);
  if (!(await page.getByRole('textbox', { name: 'Steps', exact: true }).isVisible()))
    await page.getByText('Advanced').click();
  await page.getByRole('checkbox', { name: 'Random poses' }).uncheck();
  await page.getByRole('combobox', { name: 'Kinds' }).selectOption('normAs');
  for (const [label, value] of Object.entries({ ...QUICK, ...numbers })) {
    const box = page.getByRole('textbox', { name: label, exact: true });
    await box.fill(value);
    await box.press('Enter');
  }
}

export function state(page: Page) {
  return page.getByRole('status', { name: 'State of the run' });
}

/** The value beside a name in the facts on screen. */
export function fact(page: Page, name: string | RegExp) {
  return page.locator('.facts > div').filter({ hasText: name }).locator('dd');
}

export async function start(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect(state(page)).toBeVisible();
}

export async function models(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Models' }).click();
}

/** First and last value of a curve, as it is read aloud. */
export async function ends(page: Page, curve: string): Promise<{ first: number; last: number }> {
  await page.getByRole('radio', { name: curve, exact: true }).check({ force: true });
  const plot = page.getByRole('img', { name: new RegExp(`^${curve} over \\d+ values`) });
  const label = (await plot.getAttribute('aria-label')) ?? '';
  const [, first, last] = /from (-?[\d.e-]+) to (-?[\d.e-]+)$/.exec(label) ?? [];
  return { first: Number(first), last: Number(last) };
}
