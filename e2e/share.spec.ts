/**
 * Sharing: a link opens the same heatmap in another browser that has no WebGPU; revoked, expired, cut or
 * changed it says so in plain words.
 */

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, expect, type Locator, type Page, test } from 'playwright/test';
import { shareClient } from '../src/share/client.ts';
import { encodeBundle } from '../src/share/encodeBundle.ts';
import { newShareId, storedLink } from '../src/share/links.ts';
import { newKey, seal } from '../src/share/seal.ts';
import { madeBundle } from '../src/testing/shareBundle.ts';
import { violations } from './axe.ts';
import { WITHOUT_WEBGPU } from './launch.ts';
import { countAbove, pictureStatistics, readCount, verdict, watchForErrors } from './studio.ts';

// No WebGPU; WebGL on a CPU for the picture.
test.use(WITHOUT_WEBGPU);

// Two browsers and a studio on one CPU.
test.setTimeout(300_000);

/** Where playwright.config.ts has the server keep shares. */
const OBJECTS = resolve('test-results/shares/objects');
/** Of a stored file: a line of JSON, padded. */
const HEADER_BYTES = 192;

interface Stored {
  readonly id: string;
  readonly link: string;
  readonly ownerToken: string;
}

/** Shares a made-up heatmap without the studio. */
async function stored(baseURL: string | undefined, password = ''): Promise<Stored> {
  const base = baseURL ?? '';
  const { bytes } = await encodeBundle(madeBundle(3000), { scoreBits: 8, offsets: true, maxBytes: 1e6 });
  const [id, key] = [newShareId(7), newKey()];
  const sealed = await seal(bytes, id, { key, password });
  const { ownerToken } = await shareClient(base, fetch).upload(id, 7, sealed);
  return { id, link: storedLink(base, id, key), ownerToken };
}

/** A page of a browser profile that has never seen the studio. */
async function freshPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  // Not even the name of WebGPU is there.
  await context.addInitScript(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  return context.newPage();
}

/** The first sample is scored, and what would leave is measured. */
async function openShareMode(page: Page): Promise<void> {
  await page.goto('?mode=share');
  const size = page.getByRole('status', { name: 'Size of the share' });
  await expect(size).toContainText('16', { timeout: 200_000 });
}

function heading(page: Page): Locator {
  return page.getByRole('heading', { level: 1 });
}

test('what is shared opens elsewhere with the same numbers and picture, until it is revoked', async ({
  page,
  browser,
}) => {
  const errors = watchForErrors(page);
  await openShareMode(page);
  await page.getByLabel('Name that is shown').fill('Confidential bottle');
  await page.getByLabel(/^Comment/).fill('Look at this, here');
  await page.getByRole('button', { name: 'Make the link' }).click();
  const field = page.getByRole('textbox', { name: 'Link' });
  await expect(field).toHaveValue(/\/s\/w[\w-]{22}#v1\.[\w-]{43}$/);
  await expect(page.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
  const link = await field.inputValue();
  const [above, points] = await readCount(page);

  const view = await freshPage(browser);
  const viewErrors = watchForErrors(view);
  const sent: string[] = [];
  view.on('request', (request) => sent.push(request.url()));
  await view.goto(link);
  await expect(heading(view)).toHaveText('Confidential bottle');
  expect(await readCount(view)).toEqual([above, points]);
  expect(await verdict(view).textContent()).toBe(await verdictText(page));
  await expect(view.getByRole('button', { name: 'Look at this, here' })).toBeVisible();
  const [there, here] = [await pictureStatistics(view), await pictureStatistics(page)];
  expect(there.coloured).toBeGreaterThan(0.002);
  expect(there.coloured / here.coloured).toBeGreaterThan(0.4);
  expect(there.coloured / here.coloured).toBeLessThan(2.5);
  await view.getByLabel(/^Points above it are coloured/).fill('0');
  expect((await readCount(view))[0]).toBeGreaterThan(above);
  await view.getByLabel(/^Restore/).fill('1');
  await view.getByRole('button', { name: 'As it was shared' }).click();
  expect(await readCount(view)).toEqual([above, points]);
  // Neither the engine nor the key has crossed the wire.
  const key = link.split('#v1.')[1] ?? '';
  expect(sent.filter((url) => /engine|wasm|tfjs|safetensors/.test(url) || url.includes(key))).toEqual([]);

  const id = /\/s\/([^#]*)/.exec(link)?.[1] ?? '';
  const file = await readFile(join(OBJECTS, id));
  for (const secret of ['Confidential', 'Look at this', 'PO3S', 'Bottle', key])
    expect(file.includes(secret), secret).toBe(false);

  await page.getByRole('button', { name: 'Revoke “Confidential bottle”' }).click();
  await expect(page.getByText(/revoked$/)).toBeVisible();
  await view.reload();
  await expect(heading(view)).toHaveText('This share is no longer there');
  expect(await readdir(OBJECTS)).not.toContain(id);
  const response = await view.request.get(new URL(`../api/shares/${id}`, link.split('#')[0]).href);
  expect(response.status()).toBe(410);
  expect(errors).toEqual([]);
  // The browser itself reports the answer 410.
  expect(viewErrors.filter((text) => !text.includes('410'))).toEqual([]);
});

async function verdictText(page: Page): Promise<string> {
  await page.getByRole('link', { name: 'Inspect' }).click();
  const text = (await verdict(page).textContent()) ?? '';
  await page.getByRole('link', { name: 'Share' }).click();
  return text;
}

test('a link that mail programs and scanners had their hands on', async ({ page, baseURL }) => {
  const { link } = await stored(baseURL);
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.url()));
  await page.goto(`${link}.`);
  await expect(countAbove(page)).toBeVisible();
  await page.goto('about:blank');
  await page.goto(link.replace('#', '%23'));
  await expect(countAbove(page)).toBeVisible();
  expect(new URL(page.url()).hash).toBe(new URL(link).hash);
  // The first request has the key in its path, which nobody can help; nothing after it does.
  const key = link.split('#v1.')[1] ?? '';
  expect(sent.filter((url) => url.includes(key) && !url.includes('%23'))).toEqual([]);

  const problems: readonly [string, string][] = [
    [link.slice(0, -5), 'The link was cut off'],
    [link.split('#')[0] ?? '', 'The link is not complete'],
    [`${link.slice(0, -10)}AAAAAAAAAA`, 'The key in the link does not fit'],
    [link.replace('#v1.', '#v9.'), 'This was shared with a newer studio'],
    [link.replace(/\/s\/w.{22}/, `/s/${newShareId(7)}`), 'There is nothing under this link'],
    [new URL('view.html#b1.UE8zUwEAAQ', baseURL).href, 'The link was cut off'],
    [new URL('view.html#b1.AAAAAAAA', baseURL).href, 'The link or its data was changed on the way'],
    [new URL('view.html', baseURL).href, 'The link is not complete'],
  ];
  for (const [broken, title] of problems) {
    await page.goto('about:blank');
    await page.goto(broken);
    await expect(heading(page), broken).toHaveText(title);
  }
});

test('stored data that was changed or has expired', async ({ page, baseURL }) => {
  const changed = await stored(baseURL);
  const file = join(OBJECTS, changed.id);
  const bytes = await readFile(file);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await writeFile(file, bytes);
  await page.goto(changed.link);
  await expect(heading(page)).toHaveText('The key in the link does not fit');
  await writeFile(file, bytes.subarray(0, HEADER_BYTES + 30));
  await page.reload();
  await expect(heading(page)).toHaveText('The link was cut off');

  const expired = await stored(baseURL);
  const old = join(OBJECTS, expired.id);
  const whole = await readFile(old);
  const header = { ...JSON.parse(whole.subarray(0, HEADER_BYTES).toString()), expiresAt: Date.now() - 1000 };
  whole.write(`${JSON.stringify(header).padEnd(HEADER_BYTES - 1)}\n`);
  await writeFile(old, whole);
  await page.goto('about:blank');
  await page.goto(expired.link);
  await expect(heading(page)).toHaveText('This share is no longer there');
  expect(await readdir(OBJECTS)).not.toContain(expired.id);
});

test('the page of a link is small: viewer and decoder, compressed', async ({ page, baseURL }) => {
  const { link } = await stored(baseURL);
  let transferred = 0;
  page.on('response', async (response) => {
    if (response.url().endsWith('.js')) transferred += Number(await response.headerValue('content-length'));
    expect(response.url()).not.toMatch(/\/(engine|tfjs|index-)/);
  });
  await page.goto(link);
  await expect(countAbove(page)).toBeVisible();
  expect(transferred).toBeGreaterThan(50_000);
  expect(transferred).toBeLessThan(350_000);
});

test('a password is asked for, and a wrong one can be corrected', async ({ page, baseURL }) => {
  const { link } = await stored(baseURL, 'Prüfling 7');
  await page.goto(link);
  await expect(heading(page)).toHaveText('Protected by a password');
  await page.getByLabel('Password').fill('prüfling 7');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('The password does not fit');
  await page.getByLabel('Password').fill('Prüfling 7');
  await page.keyboard.press('Enter');
  await expect(countAbove(page)).toContainText('of 3,000 points');
});

test('the data in the link itself, and in a file that opens from disk', async ({ page, browser }, info) => {
  await openShareMode(page);
  const size = page.getByRole('status', { name: 'Size of the share' });
  const [above, points] = await readCount(page);
  await page.getByRole('radio', { name: /All in the link/ }).check();
  await expect(page.getByText(/Too large for this way: [\d,]+ of 7,500 points/)).toBeVisible();
  await page.getByRole('button', { name: 'Make the link' }).click();
  const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(link.length).toBeLessThanOrEqual(12_000);
  const view = await freshPage(browser);
  await view.goto(link);
  const [kept, shared] = await readCount(view);
  expect(kept, 'anomalous points are kept').toBe(above);
  expect(shared).toBeGreaterThan(1000);
  await expect(view.getByText(/^Thinned out to be shared/)).toBeVisible();

  await page.getByRole('radio', { name: /Offline file/ }).check();
  await expect(size).not.toContainText('…');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save the file' }).click();
  const file = info.outputPath('offline.html');
  await (await download).saveAs(file);
  const offline = await freshPage(browser);
  await offline.context().setOffline(true);
  const errors = watchForErrors(offline);
  await offline.goto(pathToFileURL(file).href);
  expect(await readCount(offline)).toEqual([above, points]);
  expect((await pictureStatistics(offline)).coloured).toBeGreaterThan(0.002);
  await expect(offline.getByRole('button', { name: 'Open in studio' })).toHaveCount(0);
  expect(errors).toEqual([]);
});

test('a frame in another page shows it where that is meant, and only there', async ({ page, baseURL }) => {
  const { link } = await stored(baseURL);
  const embed = link.replace('#', '?embed=1#');
  const frames = [
    `<iframe title="good" src="${embed}" width="600" height="400"></iframe>`,
    `<iframe title="bad" src="${link}"></iframe>`,
  ];
  const wiki = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end(frames.join(''));
  });
  await new Promise<void>((done) => wiki.listen(0, '127.0.0.1', done));
  const address = wiki.address();
  // Another origin than the server's.
  await page.goto(`http://localhost:${typeof address === 'object' ? address?.port : 0}/`);
  const good = page.frameLocator('iframe[title=good]');
  await expect(good.getByRole('application')).toBeVisible();
  await expect(good.getByRole('link', { name: /^Open/ })).toHaveAttribute('href', link);
  await expect(page.frameLocator('iframe[title=bad]').getByRole('application')).toHaveCount(0);
  wiki.close();
});

test('goes on in the studio of whoever opened it, labels included', async ({ page, baseURL }) => {
  const { link } = await stored(baseURL);
  await page.goto(link);
  const opened = page.waitForEvent('popup');
  await page.getByRole('button', { name: 'Open in studio' }).click();
  const studio = await opened;
  await expect(studio.getByRole('application')).toHaveAccessibleName(/Flasche/, { timeout: 60_000 });
  await studio.getByRole('link', { name: 'Label' }).click();
  await expect(studio.getByRole('button', { name: 'Lock dent' })).toBeVisible();
});

test.describe('for everybody', () => {
  // The page's own policy forbids foreign scripts; the checker is one.
  test.use({ bypassCSP: true });

  test('Share mode and the page of a link are free of violations, wide and narrow', async ({
    page,
    baseURL,
  }) => {
    const { link } = await stored(baseURL);
    await page.goto(link);
    for (const [width, colorScheme] of [
      [1280, 'dark'],
      [390, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 720 });
      await page.emulateMedia({ colorScheme });
      await expect(countAbove(page)).toBeVisible();
      expect(await violations(page), `view, ${width}`).toEqual([]);
    }
    // Another address in the same page opens it.
    await page.goto(`${link.slice(0, -3)}`);
    await expect(heading(page)).toHaveText('The link was cut off');
    expect(await violations(page), 'problem').toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
    await openShareMode(page);
    await page.getByRole('button', { name: 'Make the link' }).click();
    await expect(page.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
    for (const [width, colorScheme] of [
      [1280, 'dark'],
      [390, 'light'],
    ] as const) {
      await page.setViewportSize({ width, height: 720 });
      await page.emulateMedia({ colorScheme });
      expect(await violations(page), `share, ${width}`).toEqual([]);
    }
  });
});
