/**
 * How far a figure of the protocol could be off because only these scans were tested: percentile bootstrap
 * over SCANS (Efron & Tibshirani 1993, chapter 13). Points of one scan belong together, so scans are drawn,
 * never points.
 */

import { RandomStream } from '../core/random.ts';
import type { ScoredScan } from './evaluate.ts';
import { quantile } from './quantile.ts';

/** 95 % of the resampled figures lie between; NaN where the figure is not defined. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface BootstrapIntervals {
  readonly objectAuroc: Interval;
  readonly pointAuroc: Interval;
}

const UNDEFINED: Interval = { low: Number.NaN, high: Number.NaN };

/**
 * Point scores are counted in this many bins of equal share: an area is then off by at most half a bin of
 * ties, far less than the interval is wide, and a resample costs bins instead of points.
 */
const BINS = 2048;

/** [scans * BINS] counts of good and of anomalous points of each scan. */
interface Histograms {
  readonly good: Float64Array;
  readonly bad: Float64Array;
}

/** Upper edges of bins that hold about equally many points of all scans. */
function binEdges(scans: readonly ScoredScan[]): Float32Array {
  const total = scans.reduce((sum, { scores }) => sum + scores.length, 0);
  const all = new Float32Array(total);
  let at = 0;
  for (const { scores } of scans) {
    all.set(scores, at);
    at += scores.length;
  }
  all.sort();
  const edges = Float32Array.from(
    { length: BINS - 1 },
    (_, bin) => all[Math.floor(((bin + 1) * total) / BINS)] ?? 0,
  );
  return edges;
}

/** @returns the number of edges at or below the score */
function binOf(edges: Float32Array, score: number): number {
  let low = 0;
  let high = edges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (edges[middle]! <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function pointHistograms(scans: readonly ScoredScan[]): Histograms {
  const edges = binEdges(scans);
  const good = new Float64Array(scans.length * BINS);
  const bad = new Float64Array(scans.length * BINS);
  scans.forEach(({ scores, labels }, scan) => {
    for (let i = 0; i < scores.length; i++) {
      const into = labels !== null && labels[i]! > 0 ? bad : good;
      into[scan * BINS + binOf(edges, scores[i]!)]!++;
    }
  });
  return { good, bad };
}

/** Each scan as one sample, in bins of its rank. */
function objectHistograms(scans: readonly ScoredScan[]): { histograms: Histograms; bins: number } {
  const ranks = [...new Set(scans.map(({ objectScore }) => objectScore))].sort((a, b) => a - b);
  const good = new Float64Array(scans.length * ranks.length);
  const bad = new Float64Array(scans.length * ranks.length);
  scans.forEach(({ objectScore, anomalous }, scan) => {
    (anomalous ? bad : good)[scan * ranks.length + ranks.indexOf(objectScore)] = 1;
  });
  return { histograms: { good, bad }, bins: ranks.length };
}

/** AUROC of the scans taken `times[scan]` times each; NaN when one class is missing. */
function areaOf({ good, bad }: Histograms, bins: number, times: Uint32Array): number {
  let goodBelow = 0;
  let badTotal = 0;
  let won = 0;
  for (let bin = 0; bin < bins; bin++) {
    let goods = 0;
    let bads = 0;
    for (let scan = 0, at = bin; scan < times.length; scan++, at += bins) {
      goods += times[scan]! * good[at]!;
      bads += times[scan]! * bad[at]!;
    }
    won += bads * (goodBelow + goods / 2);
    goodBelow += goods;
    badTotal += bads;
  }
  return won / (goodBelow * badTotal);
}

function intervalOf(figures: readonly number[]): Interval {
  const kept = Float64Array.from(figures.filter((figure) => !Number.isNaN(figure)));
  // Where most resamples miss a class the figure itself hangs on a scan or two: no interval is honest.
  if (kept.length < figures.length / 2) return UNDEFINED;
  return { low: quantile(kept, 0.025), high: quantile(kept, 0.975) };
}

/**
 * @param scans of one category @param resamples 200 or more @param seed the same seed gives the same interval
 */
export function bootstrapIntervals(
  scans: readonly ScoredScan[],
  { resamples, seed }: { readonly resamples: number; readonly seed: number },
): BootstrapIntervals {
  if (scans.length === 0) return { objectAuroc: UNDEFINED, pointAuroc: UNDEFINED };
  const points = pointHistograms(scans);
  const objects = objectHistograms(scans);
  const random = new RandomStream(seed);
  const objectFigures: number[] = [];
  const pointFigures: number[] = [];
  for (let draw = 0; draw < resamples; draw++) {
    const times = new Uint32Array(scans.length);
    for (let i = 0; i < scans.length; i++) times[random.below(scans.length)]!++;
    objectFigures.push(areaOf(objects.histograms, objects.bins, times));
    pointFigures.push(areaOf(points, BINS, times));
  }
  return { objectAuroc: intervalOf(objectFigures), pointAuroc: intervalOf(pointFigures) };
}
