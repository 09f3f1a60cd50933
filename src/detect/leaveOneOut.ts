/** Thresholds from good scans that are left out of what judges them, one by one. */

import type { ObjectFigures } from '../core/objectRule.ts';
import type { OrientedCloud } from '../core/orientedCloud.ts';
import { pickRows } from '../core/pickRows.ts';
import { randomU32 } from '../core/random.ts';
import type { Calibration } from '../core/types.ts';
import { calibrate, type GoodScan } from './thresholds.ts';

/** Names the draw of the halves. */
const HALVES = 11;
/** Good scans that thresholds are taken from; each costs what is learned from the others. */
export const MOST_LEFT_OUT = 4;
/** A good part may score a little more than the few that were seen. */
const MARGIN = 1.1;

/**
 * About half the points of a cloud, drawn by their rows: files may alternate between faces, lines or scanners,
 * so that every other point would be another part.
 */
function half({ points, normals }: OrientedCloud, odd: 0 | 1): OrientedCloud {
  const rows = Uint32Array.from({ length: points.length / 3 }, (_, i) => i).filter(
    (i) => (randomU32(HALVES, i) & 1) === odd,
  );
  return { points: pickRows(points, rows), normals: pickRows(normals, rows) };
}

/** What was found about each scan that was left out. */
export interface LeftOut<T> {
  readonly found: readonly T[];
  /** Which scans they were, for whoever reads a threshold. */
  readonly how: string;
}

/**
 * What good scans score that are not in the reference. From three on, each against the others; with fewer
 * that would leave a much poorer reference, and half of the scan's points stay in it while the others score.
 * @param clouds good scans in one unit, at least one
 * @param judge what is found about a scan by the others; @param between called before each
 */
export async function leaveOneOut<T>(
  clouds: readonly OrientedCloud[],
  judge: (left: OrientedCloud, others: readonly OrientedCloud[]) => T | Promise<T>,
  between: (next: string) => Promise<void>,
): Promise<LeftOut<T>> {
  const few = clouds.length < 3;
  const found: T[] = [];
  const left = clouds.slice(0, MOST_LEFT_OUT);
  for (const [at, cloud] of left.entries()) {
    await between(`Thresholds from good scan ${at + 1} of ${left.length}`);
    const rest = clouds.filter((other) => other !== cloud);
    found.push(await (few ? judge(half(cloud, 1), [...rest, half(cloud, 0)]) : judge(cloud, rest)));
  }
  const scans = clouds.length === 1 ? 'the only good scan' : `${found.length} good scans`;
  const how = few ? `half the points of ${scans}, against the rest` : `${scans}, each against the others`;
  return { found, how };
}

function withMargin({ mean, top, p99, max }: ObjectFigures): ObjectFigures {
  return { mean: MARGIN * mean, top: MARGIN * top, p99: MARGIN * p99, max: MARGIN * max };
}

/** @throws InvalidInputError without scans or points */
export function thresholdsOf({ found, how }: LeftOut<GoodScan>): Calibration {
  const { pointThreshold, objectThreshold, objectThresholds } = calibrate(found, 'p99.9');
  return {
    pointThreshold,
    objectThreshold: MARGIN * objectThreshold,
    objectThresholds: withMargin(objectThresholds),
    how: `99.9th percentile of the point scores, and highest object score and a tenth more, of ${how}`,
  };
}
