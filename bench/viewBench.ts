/**
 * The 3D view in headless Chromium: frames of a scan of a million points beside plain three `Points`, and ten
 * million points loaded and turned. `view/page.ts` measures; here the page is built, opened and asked. Where
 * Chromium finds no GPU it draws on the CPU, and says so: milliseconds then say what is wasteful, not how it feels.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright';
import { build } from 'vite';
import { QUIET_ARGS } from '../e2e/launch.ts';
import { findChromium } from '../scripts/lib/chromium.mjs';
import { round } from './timing.ts';

/** Milliseconds, medians; every point in every frame. */
export interface FrameTimes {
  readonly renderer: string;
  readonly points: number;
  /** With heatmap, eye-dome lighting and smoothed depth. */
  readonly ours: number;
  /** The same without lighting. */
  readonly unshaded: number;
  /** Plain three `Points` of the same size, one colour per point. */
  readonly plain: number;
}

/** Milliseconds. */
export interface TurnedScan {
  readonly points: number;
  /** From cloud in hand to the return of `setCloud` and `setScore`. */
  readonly shown: number;
  /** Until every point is in the picture. */
  readonly whole: number;
  /** Longest time meanwhile in which the page could do nothing else. */
  readonly loadingBlocked: number;
  /** Between two pictures while it is turned: the median and the longest. */
  readonly frame: number;
  readonly worstFrame: number;
  /** From the end of the turn until every point is in the picture again. */
  readonly refilled: number;
  readonly turningBlocked: number;
}

/** What the page offers. */
export interface ViewPage {
  frames(points: number, count: number): FrameTimes;
  turned(points: number, count: number): Promise<TurnedScan>;
}

export type ViewResult =
  | ({ readonly what: 'frames'; readonly software: boolean; readonly ratio: number } & FrameTimes)
  | ({ readonly what: 'turned' } & TurnedScan);

/** Never looked up: the browser gets every file from here. */
const ADDRESS = 'http://bench.invalid/';
const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' };

async function openBench(browser: Browser) {
  const outDir = join(process.cwd(), 'dist/bench/view');
  await build({
    configFile: false,
    root: join(process.cwd(), 'bench/view'),
    base: './',
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, target: 'es2022', modulePreload: false },
  });
  // Moves of the camera are jumps then: every frame is a frame of the turn.
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' });
  await page.route(`${ADDRESS}**`, (route) => {
    const path = new URL(route.request().url()).pathname.slice(1) || 'index.html';
    const contentType = TYPES[path.split('.').at(-1)!] ?? 'application/octet-stream';
    // The browser's own wish for an icon has no file.
    if (path === 'favicon.ico') return route.fulfill({ status: 204 });
    return route.fulfill({ body: readFileSync(join(outDir, path)), contentType });
  });
  await page.goto(ADDRESS);
  await page.waitForFunction(() => 'viewBench' in window);
  return page;
}

const rounded = <T extends object>(values: T): T =>
  Object.assign(
    { ...values },
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, typeof value === 'number' ? round(value) : value]),
    ),
  );

/** @param found called with each result as it comes */
export async function benchView(quick: boolean, found: (result: ViewResult) => void): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === null)
    throw new Error('No Chromium found: install one, or name it in CHROMIUM_PATH.');
  const args = [...QUIET_ARGS, '--ignore-gpu-blocklist', '--enable-unsafe-swiftshader'];
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await openBench(browser);
    page.setDefaultTimeout(0);
    for (const points of quick ? [100_000] : [100_000, 1_000_000]) {
      const times = await page.evaluate(
        ([count, frames]) => {
          const bench: ViewPage = Reflect.get(window, 'viewBench');
          return bench.frames(count!, frames!);
        },
        [points, quick ? 5 : 9],
      );
      const software = /swiftshader|llvmpipe|software|basic render/i.test(times.renderer);
      found({ what: 'frames', software, ...rounded(times), ratio: round(times.ours / times.plain) });
    }
    for (const points of quick ? [1_000_000] : [1_000_000, 10_000_000]) {
      const result = await page.evaluate(
        ([count, frames]) => {
          const bench: ViewPage = Reflect.get(window, 'viewBench');
          return bench.turned(count!, frames!);
        },
        [points, quick ? 10 : 20],
      );
      found({ what: 'turned', ...rounded(result) });
    }
  } finally {
    await browser.close();
  }
}
