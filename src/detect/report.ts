/** Everything that is said of one category: the protocol's figures, what else tells good from bad, and warnings. */

import type { ErrorValue } from '../core/errors.ts';
import { type BootstrapIntervals, bootstrapIntervals } from './bootstrap.ts';
import { byDefectType, type DefectTypeResult, type TypedScan } from './breakdown.ts';
import { type CategoryResult, evaluateCategory } from './evaluate.ts';
import { type Metric, type Ranking, rank } from './metrics.ts';
import { type BestF1, bestF1 } from './operatingPoint.ts';
import { perRegionOverlap } from './pro.ts';
import { truthRegions } from './truthRegions.ts';

/** A test object as the report needs it. */
export interface ReportedScan extends TypedScan {
  readonly path: string;
  /** [3N] */
  readonly positions: Float32Array;
}

/** One row of the table of objects. */
export interface ObjectRow {
  readonly name: string;
  readonly path: string;
  readonly anomalous: boolean;
  readonly defectType: string | null;
  readonly points: number;
  readonly anomalousPoints: number;
  readonly objectScore: number;
  /** Highest point score. */
  readonly peak: number;
}

export interface CategoryReport extends CategoryResult {
  /** Per-region overlap up to a false positive rate of 0.3. */
  readonly pro: Metric;
  readonly objectF1: BestF1;
  readonly pointF1: BestF1;
  /** 95 %, from drawing scans anew. */
  readonly intervals: BootstrapIntervals;
  readonly byType: readonly DefectTypeResult[];
  readonly rows: readonly ObjectRow[];
  /** Of the points of all objects, for curves and for a threshold that is dragged. */
  readonly pointRanking: Ranking;
  readonly failures: readonly ErrorValue[];
  readonly warnings: readonly string[];
}

const RESAMPLES = 500;
const SEED = 1;

function rowOf({ name, path, anomalous, defectType, scores, labels, objectScore }: ReportedScan): ObjectRow {
  return {
    name,
    path,
    anomalous,
    defectType,
    points: scores.length,
    anomalousPoints: labels?.reduce((sum, label) => sum + (label > 0 ? 1 : 0), 0) ?? 0,
    objectScore,
    peak: scores.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY),
  };
}

function warningsOf(
  rows: readonly ObjectRow[],
  failures: readonly ErrorValue[],
  leaks: readonly string[],
): string[] {
  const bad = rows.filter(({ anomalous }) => anomalous);
  const found: string[] = [];
  if (bad.length === 0)
    found.push('There is no defective object: nothing says whether a defect would be found.');
  else if (bad.length === rows.length)
    found.push('There is no good object: nothing says how often a good part would be thrown away.');
  const unmarked = bad.filter(({ anomalousPoints }) => anomalousPoints === 0);
  if (unmarked.length > 0)
    found.push(`Called defective, but no point of it is marked: ${list(unmarked.map(({ name }) => name))}.`);
  if (leaks.length > 0)
    found.push(`Also among the good scans that were learnt from, so too easy: ${list(leaks)}.`);
  const names = rows.map(({ name }) => name);
  const twice = [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
  if (twice.length > 0) found.push(`Several objects share a name: ${list(twice)}.`);
  if (failures.length > 0)
    found.push(
      `${failures.length} of ${failures.length + rows.length} objects are left out, they could not be read or scored: these figures cannot be compared with those over all.`,
    );
  return found;
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/**
 * @param leaks names of test objects that are among the good scans learnt from
 * @throws InvalidInputError for scores that are NaN or do not fit their labels
 */
export function reportCategory(
  category: string,
  scans: readonly ReportedScan[],
  { failures = [], leaks = [] }: { failures?: readonly ErrorValue[]; leaks?: readonly string[] } = {},
): CategoryReport {
  const rows = scans.map(rowOf);
  const pointRanking = rank(scans);
  const objectRanking = rank([
    {
      scores: Float64Array.from(scans, ({ objectScore }) => objectScore),
      labels: Uint8Array.from(scans, ({ anomalous }) => (anomalous ? 1 : 0)),
    },
  ]);
  const regions = scans.map(({ scores, positions, labels }) => ({
    scores,
    regions: truthRegions(positions, labels),
  }));
  return {
    ...evaluateCategory(category, scans),
    pro: perRegionOverlap(regions),
    objectF1: bestF1(objectRanking),
    pointF1: bestF1(pointRanking),
    intervals: bootstrapIntervals(scans, { resamples: RESAMPLES, seed: SEED }),
    byType: byDefectType(category, scans),
    rows,
    pointRanking,
    failures,
    warnings: warningsOf(rows, failures, leaks),
  };
}
