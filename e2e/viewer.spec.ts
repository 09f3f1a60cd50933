/** Looking closely: sections with their profile, measuring, the saved picture. */

import { readFileSync } from 'node:fs';
import { type Download, expect, type Page, test } from 'playwright/test';
import { WITHOUT_WEBGPU } from './launch.ts';
import {
  countFrames,
  drop,
  framesAsked,
  openStudio,
  pcdFile,
  pictureStatistics,
  unfold,
  untilStill,
  watchForErrors,
} from './studio.ts';

// How the view is drawn is the same with every backend; this one is the fastest without a GPU.
test.use(WITHOUT_WEBGPU);

const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });

async function saved(page: Page, act: () => Promise<void>): Promise<Download> {
  const download = page.waitForEvent('download');
  await act();
  return download;
}

async function textOf(download: Download): Promise<string> {
  return readFileSync(await download.path(), 'utf8');
}

/** Width, height, share of coloured pixels and of pixels like the first one. */
async function decode(page: Page, download: Download) {
  const png = readFileSync(await download.path());
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    let coloured = 0;
    let white = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
      if (Math.max(r, g, b) - Math.min(r, g, b) > 60) coloured++;
      if (r + g + b === 765) white++;
    }
    return { width, height, coloured: (4 * coloured) / data.length, white: (4 * white) / data.length };
  }, png.toString('base64'));
}

test('a section cuts the part open, shows its profile, and the profile is saved', async ({ page }) => {
  const errors = watchForErrors(page);
  await openStudio(page);
  await page.getByRole('application').focus();
  await page.keyboard.press('x');
  const profile = page.getByRole('region', { name: 'Profile of the X section' });
  await expect(profile).toBeVisible();
  const count = profile.getByRole('status', { name: 'Points in the profile' });
  await expect(count).toHaveText(/^\d+ points$/);
  const points = Number((await count.textContent())!.split(' ')[0]);
  expect(points).toBeGreaterThan(50);

  const csv = await textOf(await saved(page, () => profile.getByRole('button', { name: 'CSV' }).click()));
  const rows = csv.trim().split('\r\n');
  expect(rows[0]).toMatch(/^x \(mm\),y \(mm\),z \(mm\),across \(mm\),up \(mm\),score \(mm\)$/);
  expect(rows).toHaveLength(points + 1);
  const place = Number(await inspector(page).getByRole('textbox', { name: 'At' }).inputValue());
  for (const row of rows.slice(1)) expect(Math.abs(Number(row.split(',')[0]) - place)).toBeLessThan(2);

  const svg = await textOf(await saved(page, () => profile.getByRole('button', { name: 'SVG' }).click()));
  expect(svg.startsWith('<svg ')).toBe(true);
  expect(svg.match(/M[\d.]+ [\d.]+h/g)).toHaveLength(points);
  const picture = await saved(page, () => profile.getByRole('button', { name: 'PNG' }).click());
  expect(await decode(page, picture)).toMatchObject({ width: 2400, height: 1600 });

  // Thicker has more points; the plane at the end of the part has hardly any.
  await profile.getByRole('slider', { name: 'Thickness' }).press('End');
  await expect(count).not.toHaveText(`${points} points`);
  await inspector(page).getByRole('slider', { name: 'Place of the X section' }).press('End');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Close the profile' }).click();
  await expect(profile).toBeHidden();
  expect(errors).toEqual([]);
});

test('what is cut away is not drawn, and a pressed key brings it back', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('application').focus();
  const whole = (await pictureStatistics(page)).coloured;
  expect(whole).toBeGreaterThan(0);
  // All of the part lies beyond the plane.
  await page.keyboard.press('y');
  await inspector(page).getByRole('slider', { name: 'Place of the Y section' }).press('Home');
  await page.getByRole('button', { name: 'Close the profile' }).click();
  await expect.poll(async () => (await pictureStatistics(page)).coloured).toBeLessThan(whole / 20);
  await page.keyboard.press('y');
  await expect.poll(async () => (await pictureStatistics(page)).coloured).toBeGreaterThan(whole * 0.7);
});

test('threshold, range and colour map change without a byte of the scan going to the GPU', async ({
  page,
}) => {
  await countFrames(page);
  await page.addInitScript(() => {
    let uploaded = 0;
    const context = WebGL2RenderingContext.prototype;
    for (const name of ['bufferData', 'bufferSubData'] as const) {
      const upload: unknown = Reflect.get(context, name);
      Reflect.set(context, name, function (this: WebGL2RenderingContext, ...parameters: unknown[]) {
        Object.assign(window, { uploads: ++uploaded });
        if (typeof upload === 'function') upload.apply(this, parameters);
      });
    }
  });
  const uploads = () => page.evaluate(() => Number(Reflect.get(window, 'uploads') ?? 0));
  await openStudio(page);
  await untilStill(page);
  const before = await uploads();
  const frames = await framesAsked(page);
  expect(before).toBeGreaterThan(1);
  await page.getByRole('application').focus();
  for (const key of ['.', '.', ',', 'c', 'c', 'x', 'Tab', 'Tab']) await page.keyboard.press(key);
  const end = page.getByRole('slider', { name: 'Highest colour' });
  const highest = await end.getAttribute('aria-valuetext');
  await end.press('PageDown');
  await page.getByRole('slider', { name: 'Range of the colours, both ends' }).press('ArrowRight');
  await expect(end).not.toHaveAttribute('aria-valuetext', highest!);
  await page.getByRole('button', { name: 'Use the model’s absolute scale' }).click();
  await expect(end).toHaveAttribute('aria-valuetext', highest!);
  await untilStill(page);
  expect(await framesAsked(page)).toBeGreaterThan(frames);
  expect(await uploads()).toBe(before);
});

test('distances are measured between points of the scan, kept, and deleted', async ({ page }) => {
  await countFrames(page);
  await openStudio(page);
  await drop(page, [pcdFile('ring.pcd', 3000)]);
  const view = page.getByRole('application', { name: '3D view of ring.pcd' });
  await expect(view).toBeVisible();
  await view.focus();
  await page.keyboard.press('m');
  await expect(page.getByText('Measure a distance: click 2 points')).toBeVisible();
  await untilStill(page);
  const list = inspector(page).getByRole('list', { name: /measured$/ });
  const box = (await view.boundingBox())!;
  // The ring has a hole in its middle.
  for (let x = 0.3; x < 0.8 && !(await list.isVisible()); x += 0.03)
    await page.mouse.click(box.x + box.width * x, box.y + box.height * 0.5);
  await expect(list.getByRole('listitem')).toHaveCount(1);
  const [value, parts] = await list.getByRole('listitem').locator('b, .dim').allTextContents();
  const length = Number(value!.split(/\s/)[0]!.replace(',', ''));
  const axes = [...parts!.matchAll(/d[xyz] (\S+?),?(?= |$)/g)].map(([, part]) =>
    Number(part!.replace('−', '-').replace(/,$/, '')),
  );
  expect(axes).toHaveLength(3);
  expect(Math.hypot(...axes)).toBeCloseTo(length, 1);
  await page.keyboard.press('Escape');
  await expect(page.getByText(/click 2 points|more point/)).toBeHidden();
  await list.getByRole('button', { name: 'Delete measurement 1' }).click();
  await expect(list).toBeHidden();
});

test('the view is saved as a picture in two sizes, with a white background if wanted', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('application').focus();
  const once = await saved(page, () => page.keyboard.press('s'));
  expect(once.suggestedFilename()).toMatch(/_view\.png$/);
  const first = await decode(page, once);
  const view = (await page.getByRole('application').boundingBox())!;
  expect([first.width, first.height]).toEqual([Math.round(view.width), Math.round(view.height)]);
  expect(first.coloured).toBeGreaterThan(0.005);
  expect(first.white).toBeLessThan(0.05);

  await unfold(page, 'Picture');
  await inspector(page).getByRole('switch', { name: 'White background' }).check();
  await inspector(page).getByRole('button', { name: 'Double size' }).click();
  const twice = await decode(
    page,
    await saved(page, () => inspector(page).getByRole('button', { name: 'Save PNG' }).click()),
  );
  expect([twice.width, twice.height]).toEqual([2 * first.width, 2 * first.height]);
  expect(twice.white).toBeGreaterThan(0.3);
  expect(twice.coloured).toBeGreaterThan(0.005);
  // The page itself is as it was.
  await expect.poll(async () => (await pictureStatistics(page)).coloured).toBeGreaterThan(0);
});
