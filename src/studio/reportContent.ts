/** What the one-page report says of a judged scan, as words and numbers; `reportPdf.ts` lays it out. */

import { pinName } from '../core/labels/pins.ts';
import { ruleWords } from '../core/objectRule.ts';
import { alignmentWords } from './alignmentWords.ts';
import { areasBeyond, deviationsOf, TOLERANCE_TEXT, toleranceVerdict } from './deviations.ts';
import { type DisplayUnit, displayUnit } from './displayUnit.ts';
import { thresholdOrigin } from './heatmapScale.ts';
import { countAbove, type Histogram, histogram } from './histogram.ts';
import { acceptedPoints, isAccepted, leftOutOf, summaryOf, withoutPoints } from './judgement.ts';
import { limitWords } from './judging.ts';
import { detectorTitle, fitKey, judgeOf } from './referenceState.ts';
import { type DefectRegion, type RegionKind, regionsOf } from './regionState.ts';
import {
  type Analysis,
  heatmapScale,
  isMetrology,
  type Scan,
  type StudioState,
  toleranceInForce,
  type Verdict,
} from './state.ts';
import { formatCount, formatPercent, formatSignificant, MODEL_UNIT, unitSymbol } from './units.ts';
import { VERDICT_TEXT } from './verdictWords.ts';

/** A picture on the report. */
export interface ReportPicture {
  /** JPEG. */
  readonly bytes: Uint8Array;
  readonly caption: string;
}

export interface ReportContent {
  readonly scan: string;
  readonly date: string;
  readonly verdict: Verdict;
  readonly verdictText: string;
  /** Object score and limit. */
  readonly score: string;
  /** How the limit was set; how the scan lies on its good scans. */
  readonly basis: readonly string[];
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly histogram: Histogram;
  /** Model units. */
  readonly threshold: number;
  /** Display units per model unit, and their symbol. */
  readonly unit: { readonly perModelUnit: number; readonly symbol: string };
  /** Points above the threshold, in words. */
  readonly above: string;
  readonly regionHead: readonly string[];
  readonly regions: readonly (readonly string[])[];
  /** Regions that the inspector accepted as normal; they are not among the others. */
  readonly acceptedRegions: number;
  readonly pins: readonly { readonly name: string; readonly text: string }[];
}

const BINS = 120;
const KIND_WORDS: Readonly<Record<RegionKind, string>> = { bulge: 'bulge', dent: 'dent', mixed: 'mixed' };
const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' });

type Judged = Scan & { readonly cloud: NonNullable<Scan['cloud']>; readonly analysis: Analysis };

function judgedBy(state: StudioState, scan: Judged): (readonly [string, string])[] {
  const judge = judgeOf(state, scan);
  const hash = scan.analysis.map.modelHash;
  if (judge?.kind !== 'good') {
    const title = state.model.phase === 'ready' ? state.model.entry.title : 'unknown';
    return [
      ['Judged by', `model “${title}”`],
      ['Model hash', hash],
    ];
  }
  const fit = state.reference.fits.get(fitKey(judge.set, judge.detector));
  const members = fit?.kind === 'ready' ? fit.summary.members : [];
  const used = members.filter((member) => member.used).map(({ name }) => name);
  const left = members.length - used.length;
  const detector = detectorTitle(state, judge.detector);
  const leftOut = left === 0 ? '' : ` (${left} left out)`;
  return [
    ['Judged by', detector],
    ['Good scans', `${used.length}${leftOut}: ${used.join(', ')}`],
    ['Reference hash', hash],
  ];
}

function regionRow(region: DefectRegion, at: number, perModelUnit: number): string[] {
  return [
    String(at + 1),
    KIND_WORDS[region.kind],
    formatSignificant(region.peakScore * perModelUnit),
    formatSignificant(region.area),
    formatSignificant(region.extent),
    formatCount(region.rows.length),
  ];
}

/** What is said of a tolerance, while one is inspected. */
function toleranceWords(
  state: StudioState,
  scan: Judged,
  unit: DisplayUnit,
  accepted: Uint8Array | null,
): string[] {
  const tolerance = toleranceInForce(state);
  const found = regionsOf(state.regions, scan.id);
  if (tolerance === null || found === null || found.signed.length === 0) return [];
  const verdict = toleranceVerdict(found, tolerance, accepted);
  if (verdict === null) return [];
  const { beyond, points, highest, lowest } = deviationsOf(
    found.signed,
    tolerance,
    leftOutOf(state, scan.cloud.id),
  );
  const count = areasBeyond(found, accepted);
  const areas = count === 1 ? '1 area' : `${formatCount(count)} areas`;
  return [
    `Tolerance ±${unit.format(tolerance)}: ${TOLERANCE_TEXT[verdict]}, ${areas} beyond it; ` +
      `${formatPercent(1 - beyond / points)} of the points within, from ${unit.format(lowest)} to ${unit.format(highest)}.`,
  ];
}

/**
 * @param scan judged @param fileHash of the scan's file, in words
 * @param now milliseconds since 1970
 */
export function reportContent(
  state: StudioState,
  scan: Judged,
  fileHash: string,
  now: number,
): ReportContent {
  const { analysis, cloud } = scan;
  const { map, calibration, alignment, timings, backend, adapter } = analysis;
  const scale = heatmapScale(state);
  const unit = displayUnit(analysis.frame.radius, scan.unit);
  const symbol = unitSymbol(scan.unit);
  const labels = state.labels.scans.get(cloud.id);
  const accepted = acceptedPoints(labels?.set);
  const score = withoutPoints(map.score, leftOutOf(state, cloud.id));
  const judged = summaryOf(state, analysis);
  const above = countAbove(score, scale.threshold);
  const limit = judged.limit === null ? 'no limit' : `limit ${unit.format(judged.limit)}`;
  const all = regionsOf(state.regions, scan.id)?.regions ?? [];
  const found = all
    .map((region, at) => ({ region, at }))
    .filter(({ region }) => !isAccepted(region, accepted));
  return {
    scan: scan.name,
    date: DATE.format(now),
    verdict: judged.verdict,
    verdictText: VERDICT_TEXT[judged.verdict],
    score: `Object score ${unit.format(judged.objectScore)}, ${limit}`,
    basis: [
      `Object score: ${ruleWords(judged.rule)}.`,
      limitWords(calibration, state.view.objectRule),
      ...(judged.accepted === 0
        ? []
        : [`Without ${formatCount(judged.accepted)} points that the inspector accepted as normal.`]),
      ...(judged.rim === 0 ? [] : [`Without ${formatCount(judged.rim)} points at the rim of the scan.`]),
      ...toleranceWords(state, scan, unit, accepted),
      ...(alignment === null ? [] : [alignmentWords(alignment, scan.unit)]),
    ],
    facts: [
      ['File', scan.name],
      ['File hash', fileHash],
      ['Points', formatCount(cloud.positions.length / 3)],
      ['Unit', symbol],
      [`1 ${MODEL_UNIT}`, unit.format(1, 5)],
      ...judgedBy(state, scan),
      [
        'Threshold',
        `${unit.format(scale.threshold)}, ${isMetrology(state) ? 'the tolerance' : thresholdOrigin(state.view.threshold !== null, scale)}`,
      ],
      ['Colours', `${unit.format(scale.range.low)} to ${unit.format(scale.range.high)}`],
      [
        'Computed',
        `${backend === 'webgpu' ? 'WebGPU' : 'WebAssembly'}, ${adapter}, ${Math.round(timings.total)} ms`,
      ],
    ],
    histogram: histogram(score, scale.axisMax, BINS),
    threshold: scale.threshold,
    unit: { perModelUnit: unit.perModelUnit, symbol },
    above: `${formatCount(above)} of ${formatCount(map.score.length)} points above the threshold (${formatPercent(above / map.score.length)})`,
    regionHead: ['#', 'Kind', 'Peak', 'Area', 'Extent', 'Points'],
    regions: found.map(({ region, at }) => regionRow(region, at, unit.perModelUnit)),
    acceptedRegions: all.length - found.length,
    pins: (labels?.set.pins ?? []).map(({ text }, at) => ({ name: pinName(at), text })),
  };
}
