/** What leaves Inspect mode as files: scored scans, the list of regions, the list of results. */

import { type Pin, pinName } from '../core/labels/pins.ts';
import { ruleWords } from '../core/objectRule.ts';
import { rowPlace } from '../core/rowPlace.ts';
import { writeNpyPoints } from '../io/writeNpy.ts';
import { writePcd } from '../io/writePcd.ts';
import { writePly } from '../io/writePly.ts';
import { writeText } from '../io/writeText.ts';
import { toCsv } from './csv.ts';
import { isAccepted } from './judgement.ts';
import type { DefectRegion } from './regionState.ts';
import type { Analysis, Scan } from './state.ts';
import { unitSymbol } from './units.ts';

export const SCAN_FORMATS = ['ply', 'pcd', 'csv', 'xyz', 'npy'] as const;

export type ScanFormat = (typeof SCAN_FORMATS)[number];

/** A scan that was judged. */
export interface JudgedScan {
  readonly scan: Scan;
  readonly cloud: NonNullable<Scan['cloud']>;
  readonly analysis: Analysis;
  /** [N] class of each point; null where nobody labelled. */
  readonly labels: Uint8Array | null;
}

function columnsOf({ analysis, labels }: JudgedScan): Record<string, Float32Array | Uint8Array> {
  const { offsets, score } = analysis.map;
  const axis = (at: number) =>
    Float32Array.from(score, (_, i) => offsets[3 * i + at]! * analysis.frame.radius);
  // In the unit of the coordinates, as whoever opens the file expects.
  const scaled = score.map((value) => value * analysis.frame.radius);
  return {
    score: scaled,
    offset_x: axis(0),
    offset_y: axis(1),
    offset_z: axis(2),
    ...(labels === null ? {} : { label: labels }),
  };
}

/** Coordinates as in the file, score and offsets in their unit, labels where there are any. */
export function exportScan(judged: JudgedScan, format: ScanFormat): Uint8Array<ArrayBuffer> {
  const columns = columnsOf(judged);
  const unit = unitSymbol(judged.scan.unit);
  const comments = [`score and offset in ${unit}; judged by ${judged.analysis.map.modelHash}`];
  switch (format) {
    case 'ply':
      return writePly(judged.cloud, { scalars: columns, comments });
    case 'pcd':
      return writePcd(judged.cloud, { scalars: columns, comments });
    case 'csv':
      return writeText(judged.cloud, { layout: 'csv', scalars: columns });
    case 'xyz':
      return writeText(judged.cloud, { layout: 'xyz', scalars: columns, comments });
    case 'npy':
      return writeNpyPoints(judged.cloud, { scalars: columns });
    default:
      return format satisfies never;
  }
}

const significant = (value: number) => String(Number(value.toPrecision(6)));
/** Coordinates may lie thousands of kilometres from their origin. */
const placed = (value: number) => String(Number(value.toPrecision(12)));

/** One row per region, lengths in the scan's unit. @param accepted [N] 1 = accepted as normal */
export function regionsCsv(
  regions: readonly DefectRegion[],
  { cloud, analysis, scan }: Pick<JudgedScan, 'cloud' | 'analysis' | 'scan'>,
  accepted: Uint8Array | null = null,
): string {
  const unit = unitSymbol(scan.unit);
  const { radius } = analysis.frame;
  const head = [
    'region',
    'points',
    'kind',
    `peak (${unit})`,
    `mean (${unit})`,
    `area (${unit}2)`,
    `extent (${unit})`,
    'x',
    'y',
    'z',
    'accepted',
  ];
  const rows = regions.map((region, at) => [
    String(at + 1),
    String(region.rows.length),
    region.kind,
    significant(region.peakScore * radius),
    significant(region.meanScore * radius),
    significant(region.area),
    significant(region.extent),
    ...region.centre.map((value, axis) => placed(value + cloud.origin[axis]!)),
    isAccepted(region, accepted) ? 'normal' : '',
  ]);
  return toCsv([head, ...rows]);
}

/** One row per pin: what it is called in the view, where it is, the score there, the comment. */
export function pinsCsv(
  pins: readonly Pin[],
  { unit, analysis }: Pick<Scan, 'unit' | 'analysis'>,
  { positions, origin }: Pick<JudgedScan['cloud'], 'positions' | 'origin'>,
): string {
  const scale = analysis?.frame.radius ?? 1;
  const rows = pins.map(({ row, text }, at) => {
    const score = analysis?.map.score[row];
    return [
      pinName(at),
      ...rowPlace(positions, row).map((value, axis) => placed(value + origin[axis]!)),
      score === undefined ? '' : significant(score * scale),
      String(row),
      text,
    ];
  });
  return toCsv([['pin', 'x', 'y', 'z', `score (${unitSymbol(unit)})`, 'point', 'comment'], ...rows]);
}

/** One row per open scan: what came of it. */
export function resultsCsv(scans: readonly Scan[]): string {
  const rows = scans.map(({ name, status, summary, report, radius, unit }) => [
    name,
    summary?.verdict ?? status.kind,
    summary === null ? '' : significant(summary.objectScore * (radius ?? 1)),
    summary?.limit == null ? '' : significant(summary.limit * (radius ?? 1)),
    radius === null ? 'R' : unitSymbol(unit),
    String(summary?.points ?? report?.points ?? ''),
    String((summary?.rim ?? 0) || ''),
    summary === null ? '' : ruleWords(summary.rule).replaceAll('\u00a0', ' '),
    summary?.judge ?? '',
    status.kind === 'failed' ? `${status.error.where || name}: ${status.error.message}` : '',
  ]);
  const head = [
    'scan',
    'verdict',
    'score',
    'limit',
    'unit',
    'points',
    'rim left out',
    'score is',
    'judged by',
    'why not',
  ];
  return toCsv([head, ...rows]);
}
