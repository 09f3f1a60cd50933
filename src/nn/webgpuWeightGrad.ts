/** Gradient of the sparse convolution with respect to its weights, on WebGPU: `shaders/conv/weight_grad`. */

import { grid2d } from '../gpu/device.ts';
import type { GpuConvMap } from '../gpu/kernelMap.ts';
import { type ConvScratch, SCRATCH_BYTES } from './convScratch.ts';
import type { TfjsQueue } from './interop.ts';
import type { ConvAttrs } from './ops.ts';
import type * as tf from './tf.ts';

/** Slots one thread walks, unless all partial sums together would take too much room. */
const CHUNK = 256;

/** Chunks of slots: none straddles two taps, and all partial sums together stay bounded. */
interface TapTable {
  /** Per tap: first slot, pairs, first chunk, 0; at the end the number of chunks. */
  readonly words: readonly number[];
  readonly chunks: number;
  readonly chunk: number;
}

function tapTable(map: GpuConvMap | null, rows: number, maxChunks: number): TapTable {
  const taps = map?.taps ?? 1;
  const pairs = (k: number) => (map === null ? rows : map.tapPairs[k]!);
  const count = (size: number) => {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += Math.ceil(pairs(k) / size);
    return sum;
  };
  let chunk = CHUNK;
  while (count(chunk) > Math.max(taps, maxChunks)) chunk *= 2;
  const words: number[] = [];
  let chunks = 0;
  for (let k = 0; k < taps; k++) {
    words.push(map === null ? 0 : map.tapStart[k]!, pairs(k), chunks, 0);
    chunks += Math.ceil(pairs(k) / chunk);
  }
  words.push(0, 0, chunks, 0);
  return { words, chunks, chunk };
}

/** @param x [rows, Cin]; @param dy [rows of the output, Cout]; @returns [K, Cin, Cout] */
export function convWeightGrad(
  queue: TfjsQueue,
  scratch: ConvScratch,
  x: tf.TensorInfo,
  dy: tf.TensorInfo,
  attrs: ConvAttrs,
): tf.TensorInfo {
  const { gpu } = queue;
  const map = attrs.map as GpuConvMap | null;
  const in4 = x.shape[1]! / 4;
  const out4 = dy.shape[1]! / 4;
  const taps = map?.taps ?? 1;
  const { info, buffer: dw } = queue.output([taps, in4 * 4, out4 * 4]);
  const matrixBytes = in4 * out4 * 64;
  const table = tapTable(map, x.shape[0]!, SCRATCH_BYTES / matrixBytes);
  const tableBuffer = gpu.params(table.words);
  const partial = scratch.get(table.chunks * matrixBytes);
  const blocks = Math.ceil(in4 / 2) * Math.ceil(out4 / 2);
  const [chunksY, chunksZ] = grid2d(gpu, table.chunks);
  const { unused } = scratch;
  const [a, b] =
    map === null
      ? [unused, unused]
      : attrs.transposed
        ? [map.pairOut, map.pairIn]
        : [map.pairIn, map.pairOut];
  queue.dispatch(
    gpu.kernel('conv/weight_grad', { DENSE: map === null ? 1 : 0 }),
    [
      gpu.params([in4, out4, table.chunk, taps, blocks, chunksY]),
      a,
      b,
      tableBuffer,
      queue.bufferOf(x),
      queue.bufferOf(dy),
      partial,
    ],
    Math.ceil(blocks / 32),
    chunksY,
    chunksZ,
  );
  const matrix4 = in4 * 4 * out4;
  const [gx, gy] = grid2d(gpu, Math.ceil((taps * matrix4) / 64));
  queue.dispatch(
    gpu.kernel('conv/weight_grad_sum'),
    [gpu.params([matrix4, taps, gx * 64]), tableBuffer, partial, dw],
    gx,
    gy,
  );
  return info;
}
