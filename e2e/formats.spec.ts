/** Scans in the formats whose readers are loaded on demand, packed ones and archives, under the page's own policy. */

import { gzipSync, zipSync } from 'fflate';
import { expect, test } from 'playwright/test';
import { e57File } from '../src/testing/e57File.ts';
import { lazFile } from '../src/testing/lazFile.ts';
import { WITHOUT_WEBGPU } from './launch.ts';
import { countAbove, openStudio, pcdFile, SCORED, verdict, watchForErrors } from './studio.ts';

test.use(WITHOUT_WEBGPU);

/** A sphere, in whole steps. */
function sphere(count: number): [number, number, number][] {
  return Array.from({ length: count }, (_, i) => {
    const z = 1 - (2 * (i + 0.5)) / count;
    const turn = i * Math.PI * (3 - Math.sqrt(5));
    const r = Math.sqrt(1 - z * z);
    return [
      Math.round(5000 * r * Math.cos(turn)),
      Math.round(5000 * r * Math.sin(turn)),
      Math.round(5000 * z),
    ];
  });
}

test('LAZ, E57, gz and zip are opened; a picture among them does not stop the rest', async ({ page }) => {
  const errors = watchForErrors(page);
  // Waited for early: a key acts before the browser has heard that its file dialog is to be caught.
  const chooser = page.waitForEvent('filechooser');
  await openStudio(page);
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  const points = sphere(900);
  const e57 = e57File(
    [
      {
        fields: ['X', 'Y', 'Z'].map((axis, k) => ({
          name: `cartesian${axis}`,
          type: 'Float' as const,
          values: points.map((point) => point[k]! + 4_000_000),
        })),
      },
    ],
    4000,
  );
  const text = new TextEncoder().encode(pcdFile('', 700).text);
  const files: [string, Uint8Array][] = [
    ['photo.ply', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0)],
    ['far.laz', lazFile(7, points)],
    ['tower.e57', e57],
    ['ring.pcd.gz', gzipSync(text)],
    ['parts.zip', zipSync({ 'parts/one.pcd': text, 'notes.txt.md': text })],
  ];
  await page.keyboard.press('Control+o');
  await (await chooser).setFiles(
    files.map(([name, bytes]) => ({ name, mimeType: '', buffer: Buffer.from(bytes) })),
  );
  await expect(
    page.getByText('this is a PNG image, although it is called .ply', { exact: true }),
  ).toBeVisible();
  // The archive's scan came last and is shown; from there back.
  for (const [name, count] of [
    ['parts/one.pcd', '700'],
    ['ring.pcd.gz', '700'],
    ['tower.e57', '900'],
    ['far.laz', '900'],
  ] as const) {
    await expect(page.getByRole('application', { name: `3D view of ${name}` })).toBeVisible();
    await expect(countAbove(page)).toContainText(`of ${count} points above`);
    await expect(verdict(page)).toHaveText(SCORED);
    await page.getByRole('button', { name: 'Previous scan' }).click();
  }
  // Loaded now, not with the page.
  expect(loaded.some((url) => /laz-perf[^/]*\.wasm$/.test(url))).toBe(true);
  expect(loaded.some((url) => /readE57[^/]*\.js$/.test(url))).toBe(true);
  expect(errors).toEqual([]);
});
