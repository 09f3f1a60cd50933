/** What the journeys share: opening the page, dropping files made on the spot, looking at the picture. */

import { expect, type Locator, type Page } from 'playwright/test';

/** Verdict of a scan that has been scored. */
export const SCORED = /^(OK|NOT OK|Not calibrated)$/;

export function verdict(page: Page): Locator {
  return page.getByRole('status', { name: 'Verdict' });
}

export function countAbove(page: Page): Locator {
  return page.getByRole('status', { name: 'Points above the threshold' });
}

/** @returns [points above the threshold, points] */
export async function readCount(page: Page): Promise<readonly [number, number]> {
  const text = (await countAbove(page).textContent()) ?? '';
  const match = /^([\d,]+) of ([\d,]+) points above/.exec(text);
  if (match === null) throw new Error(`"${text}" is no count of points`);
  return [match[1]!, match[2]!].map((n) => Number(n.replaceAll(',', ''))) as [number, number];
}

/** Opens the page and waits until the first sample has been scored. */
export async function openStudio(page: Page, query = ''): Promise<void> {
  await page.goto(query);
  await expect(verdict(page)).toHaveText(SCORED, { timeout: 120_000 });
}

/** Fails the test when the page reports an error or its policy blocks something. */
export function watchForErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  return errors;
}

/** Opens a block of the inspector that begins folded. */
export async function unfold(page: Page, title: string): Promise<void> {
  const heading = page.getByRole('button', { name: title, exact: true, expanded: false });
  if (await heading.isVisible()) await heading.click();
}

export interface MadeFile {
  readonly name: string;
  readonly text: string;
}

/** Drops files onto the viewport the way a file manager does. */
export async function drop(page: Page, files: readonly MadeFile[]): Promise<void> {
  const data = await page.evaluateHandle((made) => {
    const transfer = new DataTransfer();
    for (const { name, text } of made) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  const target = page.getByRole('main');
  await target.dispatchEvent('dragover', { dataTransfer: data });
  await target.dispatchEvent('drop', { dataTransfer: data });
  await data.dispose();
}

/** A ring with a bump, points in rows: x y z per point. @param count >= 200 */
function ring(count: number): number[][] {
  const rows = Math.round(Math.sqrt(count / 3));
  return Array.from({ length: count }, (_, i) => {
    const around = ((i % rows) / rows) * 2 * Math.PI;
    const along = (Math.floor(i / rows) / Math.ceil(count / rows)) * 2 * Math.PI;
    const bump = 6 * Math.exp(-((along - 3) ** 2 + (around - 1) ** 2) * 8);
    const radius = 40 + (12 + bump) * Math.cos(around);
    return [radius * Math.cos(along), radius * Math.sin(along), (12 + bump) * Math.sin(around)];
  });
}

const rowsOf = (count: number) =>
  ring(count)
    .map((row) => row.map((v) => v.toFixed(4)).join(' '))
    .join('\n');

export function pcdFile(name: string, count: number): MadeFile {
  const header = [
    '# .PCD v0.7',
    'VERSION 0.7',
    'FIELDS x y z',
    'SIZE 4 4 4',
    'TYPE F F F',
    'COUNT 1 1 1',
    `WIDTH ${count}`,
    'HEIGHT 1',
    'VIEWPOINT 0 0 0 1 0 0 0',
    `POINTS ${count}`,
    'DATA ascii',
  ];
  return { name, text: `${header.join('\n')}\n${rowsOf(count)}\n` };
}

export function plyFile(name: string, count: number): MadeFile {
  const properties = ['x', 'y', 'z'].map((axis) => `property float ${axis}`);
  const header = ['ply', 'format ascii 1.0', `element vertex ${count}`, ...properties, 'end_header'];
  return { name, text: `${header.join('\n')}\n${rowsOf(count)}\n` };
}

export interface PictureStatistics {
  /** Share of pixels with a strong colour: the heatmap; background and good points are grey. */
  readonly coloured: number;
  /** Different colours. */
  readonly colours: number;
}

/** Takes a picture of the 3D view and counts its colours; decoded by the browser itself. */
export async function pictureStatistics(page: Page): Promise<PictureStatistics> {
  const png = await page.getByRole('application').screenshot();
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    // The view itself: legend, tools and view cube have colours of their own.
    const { width, height } = bitmap;
    const { data } = context.getImageData(width * 0.25, 0, width * 0.6, height);
    const seen = new Set<number>();
    let coloured = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b] = [data[i]!, data[i + 1]!, data[i + 2]!];
      seen.add((r << 16) | (g << 8) | b);
      if (Math.max(r, g, b) - Math.min(r, g, b) > 60) coloured++;
    }
    return { coloured: coloured / (data.length / 4), colours: seen.size };
  }, png.toString('base64'));
}

/** Counts the animation frames the page asks for; call before it is opened. */
export async function countFrames(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const ask = window.requestAnimationFrame.bind(window);
    let asked = 0;
    window.requestAnimationFrame = (callback) => {
      Object.assign(window, { framesAsked: ++asked });
      return ask(callback);
    };
  });
}

export function framesAsked(page: Page): Promise<number> {
  return page.evaluate(() => Number(Reflect.get(window, 'framesAsked') ?? 0));
}

/** Waits until no frame has been asked for during half a second; needs `countFrames`. */
export async function untilStill(page: Page): Promise<void> {
  let seen = -1;
  await expect
    .poll(
      async () => {
        const before = seen;
        seen = await framesAsked(page);
        return seen === before;
      },
      { intervals: [500] },
    )
    .toBe(true);
}
