/** Two scans with one camera: the one to check beside its good scan, turned to lie like it. */

import { readFileSync } from 'node:fs';
import { expect, type Locator, test } from 'playwright/test';
import { violations } from './axe.ts';
import { WITHOUT_WEBGPU } from './launch.ts';
import { countFrames, drop, openStudio, plyFile, untilStill, watchForErrors } from './studio.ts';

test.use({ ...WITHOUT_WEBGPU, bypassCSP: true });

const pictureOf = async (view: Locator) => (await view.screenshot()).toString('base64');

test('a scan beside its good one: both turn together, and nothing is left of the second view', async ({
  page,
}) => {
  const errors = watchForErrors(page);
  await countFrames(page);
  await page.addInitScript(() => {
    const contexts: WebGL2RenderingContext[] = [];
    const make: unknown = HTMLCanvasElement.prototype.getContext;
    Reflect.set(
      HTMLCanvasElement.prototype,
      'getContext',
      function (this: unknown, ...parameters: unknown[]) {
        const made: unknown = typeof make === 'function' ? make.apply(this, parameters) : null;
        if (made instanceof WebGL2RenderingContext && !contexts.includes(made)) contexts.push(made);
        return made;
      },
    );
    Object.assign(window, { contextsAlive: () => contexts.filter((made) => !made.isContextLost()).length });
  });
  const alive = () => page.evaluate(() => Number(Reflect.get(window, 'contextsAlive')()));
  await openStudio(page);
  const main = page.getByRole('application');
  await main.focus();
  await page.keyboard.press('d');
  const second = page.getByRole('region', { name: 'Second scan' });
  await expect(second).toContainText(/_template0\.ply.*OK · score [\d.]+\smm · laid on the other/s);
  await expect(page.getByRole('region', { name: 'First scan' })).toContainText(/NOT OK · score [\d.]+\smm/);
  const beside = page.getByRole('img', { name: /^3D view of .*_template0\.ply$/ });
  await untilStill(page);
  expect(await violations(page)).toEqual([]);
  expect(await alive()).toBe(2);

  // Either of the two turns both.
  for (const [turned, other] of [
    [beside, main],
    [main, beside],
  ] as const) {
    const before = await pictureOf(other);
    const box = (await turned.boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 + 20, { steps: 4 });
    await page.mouse.up();
    await untilStill(page);
    expect(await pictureOf(other)).not.toBe(before);
  }
  // The saved picture has both.
  const download = page.waitForEvent('download');
  await page.keyboard.press('s');
  const picture = await download;
  expect(picture.suggestedFilename()).toMatch(/_beside_.*_template0_view\.png$/);
  const png = readFileSync(await picture.path());
  const widths = await Promise.all([main, beside].map(async (view) => (await view.boundingBox())!.width));
  // Width and height stand in the header of a PNG file.
  expect(Math.abs(png.readUInt32BE(16) - widths[0]! - widths[1]!)).toBeLessThan(3);

  await page.getByRole('button', { name: 'Change sides' }).first().click();
  await expect(page.getByRole('application', { name: /_template0\.ply$/ })).toBeVisible();
  await expect(second).toContainText('NOT OK');

  await page.keyboard.press('Escape');
  await expect(second).toBeHidden();
  await expect.poll(alive).toBe(1);

  // Any two scans: from the list, and with the keyboard alone from the inspector.
  await drop(page, [plyFile('own.ply', 900)]);
  await expect(page.getByRole('application', { name: '3D view of own.ply' })).toBeVisible();
  await page.keyboard.press('g');
  const list = page.getByRole('complementary', { name: 'Scans and samples' });
  await list.getByRole('button', { name: /^Compare with .*_template0\.ply$/ }).click();
  await expect(second).toContainText('_template0.ply');
  const choice = page.getByRole('combobox', { name: 'Beside it' });
  await choice.focus();
  await choice.press('ArrowUp');
  await expect(second).not.toContainText('_template0.ply');
  await choice.press('Home');
  await expect(second).toBeHidden();
  await expect.poll(alive).toBe(1);
  expect(errors).toEqual([]);
});
