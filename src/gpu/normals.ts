/**
 * Normals of a bare cloud on the GPU: neighbour search and plane fit there, the sequential parts (tree,
 * orientation) on the CPU. Twin of core/estimateNormals, same tree and same fit in float32.
 */

import { distinctPoints } from '../core/distinctPoints.ts';
import { CapacityError } from '../core/errors.ts';
import { type FittedNormals, NORMAL_NEIGHBOURS } from '../core/estimateNormals.ts';
import { buildKdTree, type KdTree } from '../core/kdTree.ts';
import { ORIENT_NEIGHBOURS, orientNormals } from '../core/orientNormals.ts';
import { pickRows } from '../core/pickRows.ts';
import { type Gpu, grid2d } from './device.ts';
import { readBuffers } from './readback.ts';

/** As in normals/plane_fit. */
const MAX_NEIGHBOURS = 32;
/** Points of one dispatch: bounds its time (some drivers end one after two seconds) and the readback. */
const CHUNK = 2 ** 18;

/**
 * The plane fit alone; one readback for every 262,144 points.
 * @param cloud [3N] distinct, finite; @param k neighbours, at most 32
 * @returns neighbours: the nearest `ORIENT_NEIGHBOURS` (or k, if less), see `orientNormals`
 * @throws CapacityError for more neighbours than the kernel holds, or a cloud the adapter cannot hold
 */
export async function fitCloudGpu(
  gpu: Gpu,
  cloud: Float32Array,
  k = NORMAL_NEIGHBOURS,
): Promise<FittedNormals> {
  if (k > MAX_NEIGHBOURS) throw new CapacityError('normals/plane_fit', k, MAX_NEIGHBOURS, 'neighbours');
  const n = cloud.length / 3;
  const used = Math.min(k, n - 1);
  const kept = Math.min(used, ORIENT_NEIGHBOURS);
  const normals = new Float32Array(3 * n);
  const rows = new Uint32Array(kept * n);
  if (used === 0) {
    // A lone point: what the fit gives for a spot.
    normals[2] = 1;
    return { normals, neighbours: { k: 0, rows } };
  }
  const tree = buildKdTree(cloud);
  const chunks = fitChunks(gpu, tree, used, kept);
  for await (const chunk of chunks)
    for (let i = 0; i < chunk.count; i++) {
      const row = tree.order[chunk.first + i]!;
      normals.set(chunk.normals.subarray(3 * i, 3 * i + 3), 3 * row);
      for (let j = 0; j < kept; j++) rows[kept * row + j] = tree.order[chunk.rows[kept * i + j]!]!;
    }
  return { normals, neighbours: { k: kept, rows } };
}

/** Normals and neighbours in tree order, chunk by chunk. */
async function* fitChunks(gpu: Gpu, { points, starts, boxes, depth }: KdTree, k: number, kept: number) {
  const n = points.length / 3;
  const size = Math.min(n, CHUNK);
  const owned: GPUBuffer[] = [];
  const own = (buffer: GPUBuffer) => {
    owned.push(buffer);
    return buffer;
  };
  try {
    const tree = [
      own(gpu.upload('tree points', points)),
      own(gpu.upload('tree leaves', starts)),
      own(gpu.upload('tree boxes', boxes)),
    ];
    const normals = own(gpu.buffer('normals', 12 * size));
    const rows = own(gpu.buffer('neighbours', 4 * kept * size));
    for (let first = 0; first < n; first += size) {
      const count = Math.min(size, n - first);
      const [gx, gy] = grid2d(gpu, Math.ceil(count / 64));
      const params = gpu.params([first, count, depth, k, kept, gx * 64]);
      gpu.run('normals', (pass) =>
        gpu.kernel('normals/plane_fit').encode(pass, [params, ...tree, normals, rows], gx, gy),
      );
      const [n3, nk] = await readBuffers(gpu, [
        { buffer: normals, bytes: 12 * count },
        { buffer: rows, bytes: 4 * kept * count },
      ]);
      yield { first, count, normals: new Float32Array(n3!), rows: new Uint32Array(nk!) };
    }
  } finally {
    gpu.release(...owned);
  }
}

/**
 * Repeated positions count once and share their normal.
 * @param points [3N] any unit, finite; @param k neighbours of the plane fit, 2 to 32
 * @returns [3N] unit normals, outward for closed parts
 * @throws CapacityError, see `fitCloudGpu`
 */
export async function estimateNormalsGpu(
  gpu: Gpu,
  points: Float32Array,
  k = NORMAL_NEIGHBOURS,
): Promise<Float32Array> {
  const { first, of } = distinctPoints(points);
  if (of.length === 0) return new Float32Array(0);
  const distinct = pickRows(points, first);
  const { normals, neighbours } = await fitCloudGpu(gpu, distinct, k);
  orientNormals(distinct, normals, neighbours);
  return pickRows(normals, of);
}
