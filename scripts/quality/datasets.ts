/** The data that quality is measured on beside a benchmark as it is: copies of it, and families that vary. */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deriveKey, fnv1a32, RandomStream } from '../../src/core/random.ts';
import { moveRows, randomRotation } from '../../src/core/registration/pose.ts';
import { randomSubset } from '../../src/core/subset.ts';
import { parseGroundTruth, recogniseDataset } from '../../src/io/dataset.ts';
import { readScan } from '../../src/io/readScan.ts';
import { writePcd } from '../../src/io/writePcd.ts';
import { encodeGroundTruth } from '../samples/encode.ts';
import { FAMILY_SIZE, familyParts, makeFamilyScan } from '../shapes/varyingFamily.ts';

/** Share of the points that a copy of a scan keeps. */
const KEPT = 0.9;

interface Labelled {
  readonly positions: Float32Array;
  /** null: every point is good. */
  readonly labels: Uint8Array | null;
}

function put(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
}

/** Writes a scan in the folders of Anomaly-ShapeNet. */
function putScan(folder: string, split: string, name: string, { positions, labels }: Labelled): void {
  const cloud = { id: name, name, positions, origin: [0, 0, 0], normals: null, colours: null } as const;
  put(join(folder, split, `${name}.pcd`), writePcd({ ...cloud, faces: null, attributes: {} }));
  if (labels !== null) put(join(folder, 'GT', `${name}.txt`), encodeGroundTruth(positions, labels));
}

function readLabelled(path: string, truth: string | null): Labelled {
  if (truth === null)
    return { positions: readScan(path, new Uint8Array(readFileSync(path))).cloud.positions, labels: null };
  const { cloud, labels } = parseGroundTruth(truth, new Uint8Array(readFileSync(truth)));
  return { positions: cloud.positions, labels };
}

/** Nine points of ten, in another pose: what chance there is in a scan that was taken once. */
function another({ positions, labels }: Labelled, random: RandomStream): Labelled {
  const n = positions.length / 3;
  const rows = randomSubset(n, Math.round(KEPT * n), random.fork(1));
  const kept = new Float32Array(3 * rows.length);
  rows.forEach((row, i) => {
    kept.set(positions.subarray(3 * row, 3 * row + 3), 3 * i);
  });
  const pose = { rotation: randomRotation(random.fork(2)), translation: [0, 0, 0] as const };
  return {
    positions: moveRows(kept, pose),
    labels: labels === null ? null : Uint8Array.from(rows, (row) => labels[row]!),
  };
}

/** @param root of a benchmark with ground-truth texts; @param to where the copy goes */
export function copyBenchmark(root: string, to: string, seed: number): void {
  const below = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const dataset = recogniseDataset(below);
  if (dataset === null) throw new Error(`${root} is no benchmark`);
  for (const { name, train, test } of dataset.categories) {
    const folder = join(to, 'pcd', name);
    const copy = (split: string, path: string, truth: string | null) => {
      const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
      const random = new RandomStream(deriveKey(seed, fnv1a32(file)));
      const scan = readLabelled(join(root, path), truth === null ? null : join(root, truth));
      putScan(folder, split, file.replace(/\.[^.]+$/, ''), another(scan, random));
    };
    for (const path of train) copy('train', path, null);
    for (const { path, gtPath } of test) copy('test', path, gtPath);
  }
}

/** Families whose good parts differ, see `scripts/shapes/varyingFamily`. */
export function writeFamilies(to: string, seed: number): void {
  for (const part of familyParts(seed))
    for (let i = 0; i < FAMILY_SIZE; i++) {
      const { family, split, name, scan, labels } = makeFamilyScan(part, seed, i);
      putScan(join(to, 'pcd', family), split, name, { positions: scan.measured, labels });
    }
}
