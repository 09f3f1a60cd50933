/** Label: draw, give a class, take back, come back after a closed tab, export, and measure against it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, test } from 'playwright/test';
import { drop, plyFile, untilStill, watchForErrors } from './studio.ts';

const folder = mkdtempSync(join(tmpdir(), 'po3ad-label-e2e-'));
test.afterAll(() => rmSync(folder, { recursive: true }));

// The engine may be laying the good scans of the first sample on each other: a flood waits for that.
test.setTimeout(240_000);

const SCAN = plyFile('ring.ply', 2400);

async function openLabelling(page: Page): Promise<void> {
  await page.goto('?mode=label');
  await drop(page, [SCAN]);
  await expect(page.getByRole('application', { name: '3D view of ring.ply' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Classes' })).toBeVisible();
  await untilStill(page);
}

const selected = (page: Page) => page.getByRole('status', { name: 'Selected points' });
const classRow = (page: Page, name: string) => page.getByRole('button', { name: new RegExp(`^\\d ${name}`) });

async function count(page: Page, name: string): Promise<number> {
  const text = (await classRow(page, name).textContent()) ?? '';
  return Number(text.replace(/^\d+/, '').replace(name, '').replaceAll(',', ''));
}

/** Drags over a share of the view. */
async function drag(
  page: Page,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const box = (await page.getByRole('application').boundingBox())!;
  const at = ([x, y]: readonly [number, number]) => [box.x + x * box.width, box.y + y * box.height] as const;
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]));
  await page.mouse.move(...at(to));
  await page.mouse.up();
}

test('a drawn selection becomes labels that survive a closed tab, and can be exported and measured', async ({
  page,
  context,
}) => {
  const errors = watchForErrors(page);
  await openLabelling(page);
  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: 'Rectangle' })).toHaveAttribute('aria-pressed', 'true');
  await drag(page, [0.15, 0.15], [0.5, 0.85]);
  await expect(selected(page)).not.toContainText(/^0 points/);
  await page.keyboard.press('1');
  const labelled = await count(page, 'defect');
  expect(labelled).toBeGreaterThan(50);
  expect(labelled).toBeLessThan(2000);

  await page.keyboard.press('Control+z');
  expect(await count(page, 'defect')).toBe(0);
  await page.keyboard.press('Control+Shift+z');
  expect(await count(page, 'defect')).toBe(labelled);

  await page.getByLabel('Name of a new class').fill('dent');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('application').focus();
  await page.keyboard.press('l');
  await drag(page, [0.6, 0.3], [0.9, 0.7]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Shift+a');
  await expect(selected(page)).toContainText(/^0 points/);
  await expect(page.getByText('Every step is kept in this browser.')).toBeVisible();

  // Another tab later: the labels belong to the content of the scan.
  await page.close();
  const again = await context.newPage();
  await openLabelling(again);
  expect(await count(again, 'defect')).toBe(labelled);
  await expect(classRow(again, 'dent')).toBeVisible();

  const saved = again.waitForEvent('download');
  await again.getByRole('button', { name: 'Export labels' }).click();
  const download = await saved;
  expect(download.suggestedFilename()).toBe('ring.txt');
  const text = readFileSync(await download.path(), 'utf8');
  expect(text.trim().split('\n')).toHaveLength(2400);
  expect(text.split('\n').filter((line) => line.endsWith(',1'))).toHaveLength(labelled);

  writeFileSync(join(folder, SCAN.name), SCAN.text);
  writeFileSync(join(folder, 'ring.txt'), text);
  await again.getByRole('link', { name: 'Evaluate' }).click();
  const chooser = again.waitForEvent('filechooser');
  await again.getByRole('button', { name: 'Choose a folder' }).first().click();
  await (await chooser).setFiles(folder);
  await again.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await expect(again.getByRole('table', { name: 'Figures by category' })).toContainText('1 (1 bad)');
  await expect(again.getByRole('list', { name: 'Warnings' })).toContainText('There is no good object');
  expect(errors).toEqual([]);
});

test('a face is flooded from a point, the selection grows, locked points stay', async ({ page }) => {
  await openLabelling(page);
  await page.getByRole('button', { name: 'Flood by face' }).click();
  const box = (await page.getByRole('application').boundingBox())!;
  // Somewhere on the ring, from the middle outwards.
  for (let x = 0.5; x < 0.95; x += 0.05) {
    await page.mouse.click(box.x + x * box.width, box.y + 0.5 * box.height);
    if (!/^(0 points|Spreading)/.test((await selected(page).textContent()) ?? '')) break;
  }
  await expect(selected(page)).not.toContainText(/^(0 points|Spreading)/, { timeout: 120_000 });
  const before = (await selected(page).textContent()) ?? '';
  await page.keyboard.press('w');
  await expect(selected(page)).not.toHaveText(before);
  await page.keyboard.press('1');
  const labelled = await count(page, 'defect');
  expect(labelled).toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Lock defect' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('0');
  expect(await count(page, 'defect')).toBe(labelled);
});

test('labels of another scan are refused with the reason', async ({ page }) => {
  await openLabelling(page);
  writeFileSync(join(folder, 'other.txt'), '0,0,0,1\n1,1,1,0\n');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Import labels' }).click();
  await (await chooser).setFiles(join(folder, 'other.txt'));
  await expect(page.getByRole('alert')).toContainText('2 labels, but ring.ply has 2400 points');
});

test('predicted regions are suggestions: accepted, rejected, taken back', async ({ page }) => {
  const errors = watchForErrors(page);
  await page.goto('?mode=label');
  await drop(page, [SCAN]);
  await expect(page.getByRole('application', { name: '3D view of ring.ply' })).toBeVisible();
  const summary = page.getByRole('status', { name: 'Suggested regions' });
  await expect(summary).toContainText('above the threshold are open', { timeout: 120_000 });
  const first = page.getByRole('list', { name: 'Suggestions' }).getByRole('listitem').first();
  await page.getByRole('button', { name: 'Accept suggestion 1 as defect' }).click();
  await expect(first).toContainText('labelled');
  expect(await count(page, 'defect')).toBeGreaterThan(0);
  await page.keyboard.press('Control+z');
  await expect(first).not.toContainText('labelled');
  await page.getByRole('button', { name: 'Go to suggestion 1', exact: true }).click();
  await page.keyboard.press('x');
  await expect(first).toContainText('rejected');
  expect(await count(page, 'defect')).toBe(0);
  await expect(page.getByRole('button', { name: 'Suggest 1 again', exact: true })).toBeVisible();
  expect(errors).toEqual([]);
});
