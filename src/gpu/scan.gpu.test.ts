import { expect, test } from 'vitest';
import { exclusiveSum } from '../core/exclusiveSum.ts';
import { RandomStream } from '../core/random.ts';
import { withDevice } from '../testing/withDevice.ts';
import { readBuffers } from './readback.ts';
import { ExclusiveSum } from './scan.ts';

const gpu = withDevice();

test('exclusive sums equal the twin for lengths around the chunk borders, largest first', async () => {
  const scan = new ExclusiveSum(gpu(), 40_000);
  for (const n of [40_000, 33_000, 1025, 1024, 33, 32, 31, 1]) {
    const stream = new RandomStream(n);
    const values = Int32Array.from({ length: n }, () => stream.below(7) - 3);
    const buffer = gpu().upload('values', values);
    const prefix = gpu().buffer('prefix', 4 * n);
    for (const nonNegative of [true, false]) {
      gpu().run('scan', (pass) => scan.encode(pass, buffer, prefix, n, nonNegative));
      const [bytes] = await readBuffers(gpu(), [{ buffer: prefix, bytes: 4 * n }]);
      expect(new Uint32Array(bytes!), `${n}`).toEqual(exclusiveSum(values, nonNegative));
    }
    gpu().release(buffer, prefix);
  }
  scan.dispose();
});
