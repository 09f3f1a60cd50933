/** Views without perspective, and the view cube: what is clicked, drawn around and marked is what one sees. */

import { expect, type Page, test } from 'playwright/test';
import { WITHOUT_WEBGPU } from './launch.ts';
import { countFrames, drop, plyFile, untilStill, watchForErrors } from './studio.ts';

// How the view is drawn is the same with every backend; this one is the fastest without a GPU.
test.use(WITHOUT_WEBGPU);

/** Pixels of the 3D view, RGBA; decoded by the browser itself, kept in the page under a name. */
async function keepPicture(page: Page, name: string): Promise<void> {
  const png = (await page.getByRole('application').screenshot()).toString('base64');
  await page.evaluate(
    async ([key, base64]) => {
      const bytes = Uint8Array.from(atob(base64!), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      Reflect.set(window, key!, context.getImageData(0, 0, bitmap.width, bitmap.height));
    },
    [name, png],
  );
}

/** Columns, as shares of the width, between which two kept pictures differ, and how many pixels do. */
function difference(page: Page, a: string, b: string) {
  return page.evaluate(
    ([first, second]) => {
      const [one, two]: [ImageData, ImageData] = [Reflect.get(window, first!), Reflect.get(window, second!)];
      const { width, height } = one;
      let [left, right, pixels] = [1, 0, 0];
      // Without tools, legend and cube.
      for (let y = Math.round(height * 0.2); y < height * 0.8; y++)
        for (let x = Math.round(width * 0.15); x < width * 0.85; x++) {
          const i = 4 * (y * width + x);
          if (Math.abs(one.data[i]! - two.data[i]!) + Math.abs(one.data[i + 2]! - two.data[i + 2]!) < 40)
            continue;
          pixels++;
          left = Math.min(left, x / width);
          right = Math.max(right, x / width);
        }
      return { left, right, pixels };
    },
    [a, b],
  );
}

test('without perspective tools take what is under them; the cube turns the view', async ({ page }) => {
  const errors = watchForErrors(page);
  await countFrames(page);
  await page.goto('');
  await drop(page, [plyFile('ring.ply', 6000)]);
  const view = page.getByRole('application', { name: '3D view of ring.ply' });
  await expect(view).toBeVisible();
  await page.getByRole('link', { name: 'Label' }).click();
  await view.focus();
  await untilStill(page);
  await keepPicture(page, 'perspective');
  await page.keyboard.press('t');
  await expect(page.getByRole('button', { name: 'Without perspective' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  await untilStill(page);
  await keepPicture(page, 'parallel');
  expect((await difference(page, 'perspective', 'parallel')).pixels).toBeGreaterThan(300);

  // What a rectangle selects changes its colour inside the rectangle, up to the size of a point, and nowhere else.
  await page.keyboard.press('r');
  await expect(page.getByRole('button', { name: 'Rectangle' })).toHaveAttribute('aria-pressed', 'true');
  const box = (await view.boundingBox())!;
  await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.1 * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.9 * box.height, { steps: 3 });
  await page.mouse.up();
  await expect(page.getByRole('status', { name: 'Selected points' })).not.toContainText(/^0 points/);
  await page.mouse.move(box.x + 0.5 * box.width, box.y + 0.02 * box.height);
  await untilStill(page);
  await keepPicture(page, 'selected');
  const changed = await difference(page, 'parallel', 'selected');
  expect(changed.pixels).toBeGreaterThan(1000);
  expect(changed.left).toBeGreaterThan(0.28);
  expect(changed.right).toBeLessThan(0.52);
  expect(changed.right - changed.left).toBeGreaterThan(0.12);

  // A measured point stands where it was clicked.
  await page.getByRole('link', { name: 'Inspect' }).click();
  await view.focus();
  await page.keyboard.press('m');
  await untilStill(page);
  const circle = page.locator('svg.begun circle').first();
  let clicked = 0;
  for (let x = 0.3; x < 0.8 && !(await circle.isVisible()); x += 0.03) {
    clicked = box.x + box.width * x;
    await page.mouse.click(clicked, box.y + box.height / 2);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.03);
  }
  const spot = (await circle.boundingBox())!;
  expect(Math.abs(spot.x + spot.width / 2 - clicked)).toBeLessThan(12);
  expect(Math.abs(spot.y + spot.height / 2 - box.y - box.height / 2)).toBeLessThan(12);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  // The view cube turns to what is pressed; the same views have commands.
  await view.focus();
  await page.keyboard.press('Shift+F');
  await untilStill(page);
  const faces = () =>
    page
      .locator('.cube-face')
      .evaluateAll((groups) =>
        groups.flatMap((group) =>
          group instanceof SVGElement && group.style.display !== 'none' ? [group.textContent?.slice(-2)] : [],
        ),
      );
  await expect.poll(faces).toEqual(['+X', '−Y', '+Z']);
  const corner = page.locator('.view-cube polygon[data-direction="1 1 1"]:visible').first();
  const cell = (await corner.boundingBox())!;
  await page.mouse.click(cell.x + cell.width / 2, cell.y + cell.height / 2);
  await expect.poll(faces).toEqual(['+X', '+Y', '+Z']);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('from the bottom');
  await page.keyboard.press('Enter');
  await expect.poll(faces).toEqual(['−Z']);

  await page.reload();
  await expect(page.getByRole('button', { name: 'Without perspective' })).toHaveAttribute(
    'aria-pressed',
    'true',
  );
  expect(errors).toEqual([]);
});
