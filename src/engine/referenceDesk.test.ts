/** Good scans are fitted in pieces that let others in, once for all visits, and never from a file that is not whole. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MemoryFiles, memoryFiles } from '../testing/memoryFiles.ts';
import { textScan } from '../testing/trainingScans.ts';
import { Lane } from './lane.ts';
import { ReferenceDesk } from './referenceDesk.ts';
import { Session } from './session.ts';

let session: Session;
beforeAll(async () => {
  session = await Session.open({ backend: 'wasm' });
});
afterAll(() => session.dispose());

const file = (seed: number) =>
  ({ kind: 'file', name: `good-${seed}.xyz`, bytes: textScan(320, seed) }) as const;
const params = () => ({ good: [file(1), file(2), file(3)], detector: { name: 'residual' } as const });

/** A desk as a new visit of the page has it. */
function visit(files: MemoryFiles = memoryFiles(), lane = new Lane()) {
  return { files, lane, desk: new ReferenceDesk({ session: () => session, lane, files, now: () => 7 }) };
}

const stages = (desk: ReferenceDesk) => {
  const told: string[] = [];
  const fit = desk.fit(params(), { onProgress: ({ stage }) => told.push(stage) });
  return { told, fit };
};

test('an inspection that comes while good scans are fitted does not wait for their end', async () => {
  const { desk, lane } = visit();
  const order: string[] = [];
  const fit = desk.fit(params(), {
    onProgress: ({ stage, fraction }) => {
      order.push(stage);
      expect(fraction).toBeLessThanOrEqual(1);
      if (stage.startsWith('Laying good scan 2')) void lane.run(() => order.push('inspection'));
    },
  });
  await fit;
  const at = order.indexOf('inspection');
  expect(order[at - 1]).toMatch(/^Laying good scan 2 of 3/);
  expect(order[at + 1]).toMatch(/^Laying good scan 3 of 3/);
  expect(order.at(-1)).toMatch(/^Thresholds from good scan 3 of 3/);
});

test('a cancelled fit ends between two pieces, and the lane is free again', async () => {
  const { desk, lane, files } = visit();
  const stop = new AbortController();
  const fit = desk.fit(params(), {
    signal: stop.signal,
    onProgress: ({ stage }) => stage.startsWith('Thresholds') && stop.abort(),
  });
  await expect(fit).rejects.toMatchObject({ kind: 'cancelled' });
  expect(await lane.run(() => 'free')).toBe('free');
  expect(files.held.size).toBe(0);
});

test('the next visit takes what was kept, until it is deleted', async () => {
  const first = visit();
  const fitted = await first.desk.fit(params(), {});
  expect(await first.desk.list()).toEqual([
    {
      id: fitted.hash,
      good: ['good-1.xyz', 'good-2.xyz', 'good-3.xyz'],
      detector: 'residual',
      bytes: expect.any(Number),
      created: 7,
    },
  ]);
  const second = stages(visit(first.files).desk);
  expect(await second.fit).toEqual(fitted);
  expect(second.told.filter((stage) => stage !== 'Reading good scans')).toEqual([]);
  await first.desk.remove(fitted.hash);
  expect(first.files.held.size).toBe(0);
});

test('a file that is damaged is made again, and that is said', async () => {
  const first = visit();
  const fitted = await first.desk.fit(params(), {});
  const path = `references/${fitted.hash}.safetensors`;
  const bytes = first.files.held.get(path)!;
  bytes[bytes.length - 5]! ^= 1;
  const { told, fit } = stages(visit(first.files).desk);
  const { notes, ...again } = await fit;
  expect(told).toContain('Laying good scans on each other');
  expect(notes.join()).toContain('damaged');
  expect(again).toMatchObject({ hash: fitted.hash, calibration: fitted.calibration });
  const third = stages(visit(first.files).desk);
  expect((await third.fit).notes).toEqual([]);
  expect(third.told).not.toContain('Laying good scans on each other');
});

test('where there is no room the fit is used all the same, and nothing half is left', async () => {
  const { desk, files } = visit();
  files.setFull(true);
  const { notes, members } = await desk.fit(params(), {});
  expect(members).toHaveLength(3);
  expect(notes.join()).toContain('could not be kept');
  expect(files.held.size).toBe(0);
});
