/** Scans of the sample parts are laid on a good scan from any pose; `npm run quality -- --poses` tries 500 of each. */

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryPoses } from './poses.ts';

const SAMPLES = join(import.meta.dirname, '../../public/samples');

test.each(['flange', 'bottle', 'bracket'])('%s from twelve poses', (part) => {
  const { trials, failures } = tryPoses(join(SAMPLES, part), part, 12);
  expect(trials).toBe(12);
  expect(failures).toEqual([]);
});
