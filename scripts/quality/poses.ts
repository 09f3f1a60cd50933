/**
 * How often registration succeeds: scans of the sample parts, at random poses, are laid on another good scan of
 * the part. A pose is right when the scan lies on it as well as in the best of all the poses tried for that
 * scan: parts that are symmetric have several right ones, so that poses themselves cannot be compared.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RandomStream } from '../../src/core/random.ts';
import { orientedScan } from '../../src/core/reference.ts';
import { prepareTarget } from '../../src/core/registration/alignTarget.ts';
import { moveRows, type Pose, randomRotation } from '../../src/core/registration/pose.ts';
import { register } from '../../src/core/registration/register.ts';
import { readScan } from '../../src/io/readScan.ts';

/** Less of the scan on the reference than in its best pose, by so much, is another pose. */
const OVERLAP_LOST = 0.02;
/** So many times the median distance of its best pose as well. */
const LOOSER = 1.25;

interface Trial {
  readonly scan: string;
  readonly pose: number;
  readonly overlap: number;
  readonly median: number;
  readonly verdict: string;
}

export interface PoseFigures {
  readonly part: string;
  readonly trials: number;
  /** Those that came to rest elsewhere. */
  readonly failures: readonly Trial[];
  /** CPU time of one registration, normals included, ms. */
  readonly time: number;
}

function positionsOf(path: string): Float32Array {
  return readScan(path, new Uint8Array(readFileSync(path))).cloud.positions;
}

function randomPose(stream: RandomStream, size: number): Pose {
  const shift = () => stream.range(-5, 5) * size;
  return { rotation: randomRotation(stream), translation: [shift(), shift(), shift()] };
}

const cpu = () => process.cpuUsage().user / 1000;

/**
 * @param folder of one part, with `train` and `test`; the first of `train` is what the others are laid on
 * @param count of poses, spread over the scans
 */
export function tryPoses(folder: string, part: string, count: number, seed = 1): PoseFigures {
  const files = (split: string) =>
    readdirSync(join(folder, split), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(folder, split, name))
      .sort();
  const [first, ...others] = files('train');
  const scans = [...others, ...files('test')].map((path) => ({ path, positions: positionsOf(path) }));
  const { cloud, frame } = orientedScan({ name: part, positions: positionsOf(first!) });
  const target = prepareTarget(cloud);
  const trials: Trial[] = [];
  const started = cpu();
  for (let pose = 0; pose < count; pose++) {
    const { path, positions } = scans[pose % scans.length]!;
    const moved = moveRows(positions, randomPose(new RandomStream(seed).fork(pose), frame.radius));
    const scan = orientedScan({ name: path, positions: moved }, frame.radius).cloud;
    const { overlap, medianResidual, verdict } = register(scan, target).quality;
    trials.push({ scan: path, pose, overlap, median: medianResidual, verdict });
  }
  const time = (cpu() - started) / count;
  return { part, trials: count, failures: trials.filter((trial) => failed(trial, trials)), time };
}

function failed(trial: Trial, trials: readonly Trial[]): boolean {
  const same = trials.filter(({ scan }) => scan === trial.scan);
  const overlap = Math.max(...same.map((other) => other.overlap));
  const median = Math.min(...same.map((other) => other.median));
  return (
    trial.verdict !== 'aligned' || trial.overlap < overlap - OVERLAP_LOST || trial.median > LOOSER * median
  );
}
