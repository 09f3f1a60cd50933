/** What is shared, taken from the state: nothing that the user has not been shown. */

import { version } from '../../package.json';
import { ruleWords } from '../core/objectRule.ts';
import { rowPlace } from '../core/rowPlace.ts';
import { boxOf } from '../core/sections.ts';
import type { Vec3 } from '../core/types.ts';
import type { BundleCamera, BundleRegion, ShareBundle } from '../share/bundle.ts';
import { inlineRoom, LINK_LENGTHS, type LinkLength } from '../share/links.ts';
import { SEAL_BYTES } from '../share/seal.ts';
import { acceptedPoints, isAccepted, leftOutOf, summaryOf, withoutPoints } from './judgement.ts';
import { regionsOf } from './regionState.ts';
import type { ShareOptions } from './shareState.ts';
import { activeScan, heatmapScale, type StudioState } from './state.ts';
import { cuttingPlanes } from './viewToolState.ts';

/** Grid of the positions in links, where letters are few: see docs/share-format.md for what it costs. */
export const LINK_BITS: Readonly<Record<LinkLength, number>> = { everywhere: 9, webmail: 11 };

/** A file or an upload has at most this much where no server says less. */
const MOST_BYTES = 32e6;

/** Regions that travel with a link. */
const MOST_REGIONS = 30;

/** A point this near the axis of the view is in its middle, part of the scan's radius. */
const MIDDLE = 0.03;

/**
 * @param positions [3N] source units @param radius of the scan
 * @returns the nearest point to the camera in the middle of its view, or what it turns around
 */
export function pointInMiddle(
  positions: Float32Array,
  { position, target }: BundleCamera,
  radius: number,
): Vec3 {
  const axis = position.map((value, i) => target[i]! - value);
  const length = Math.hypot(...axis) || 1;
  let nearest: Vec3 = target;
  let depth = Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    const from = [0, 1, 2].map((k) => positions[i + k]! - position[k]!);
    const along = (from[0]! * axis[0]! + from[1]! * axis[1]! + from[2]! * axis[2]!) / length;
    if (along <= 0 || along >= depth) continue;
    const beside2 = from[0]! ** 2 + from[1]! ** 2 + from[2]! ** 2 - along * along;
    if (beside2 > (MIDDLE * radius) ** 2) continue;
    depth = along;
    nearest = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
  }
  return nearest;
}

/** What the scan was judged by, in words. */
function judgeName({ model }: StudioState, hash: string): string {
  if (model.phase === 'ready' && model.summary.hash === hash) return model.entry.title;
  return 'Good scans of the part';
}

/** The worst of them, as Inspect lists them at the threshold in force. */
function sharedRegions(
  { regions }: StudioState,
  scanId: string,
  accepted: Uint8Array | null,
): BundleRegion[] {
  const all = regionsOf(regions, scanId)?.regions ?? [];
  const found = all.filter((region) => !isAccepted(region, accepted));
  return found.slice(0, MOST_REGIONS).map(({ rows, peakScore, centre, area, kind }, at) => ({
    name: `${at + 1} ${kind}`,
    centre,
    points: rows.length,
    area,
    peak: peakScore,
  }));
}

/** @param camera null to leave it out @returns null when nothing is scored yet */
export function shareContent(
  state: StudioState,
  camera: BundleCamera | null,
  now: number,
): ShareBundle | null {
  const scan = activeScan(state);
  const { cloud, analysis } = scan ?? {};
  if (scan === null || cloud == null || analysis == null) return null;
  const { options } = state.share;
  const known = state.labels.scans.get(cloud.id);
  const labels = known?.set;
  const accepted = acceptedPoints(labels);
  const judged = summaryOf(state, analysis);
  const { calibration } = analysis;
  const scale = heatmapScale(state);
  const comment = options.comment.trim();
  const box = boxOf(cloud.positions);
  return {
    name: options.name?.trim() || scan.name,
    unit: scan.unit,
    origin: cloud.origin,
    frame: analysis.frame,
    positions: cloud.positions,
    score: withoutPoints(analysis.map.score, leftOutOf(state, cloud.id)),
    offsets: options.offsets ? analysis.map.offsets : null,
    labels: options.labels && labels?.classOf.some((label) => label > 0) ? labels : null,
    sourcePoints: analysis.map.score.length,
    view: {
      heatmap: state.view.heatmap,
      colourMap: state.view.colourMap,
      threshold: scale.threshold,
      low: scale.range.low,
      high: scale.range.high,
      pointScale: state.view.pointScale,
      shading: state.view.shading,
      up: scan.up,
      parallel: state.view.parallel,
    },
    camera,
    result: {
      verdict: judged.verdict,
      objectScore: judged.objectScore,
      objectThreshold: judged.limit,
    },
    provenance: {
      model: judgeName(state, analysis.map.modelHash),
      modelHash: analysis.map.modelHash,
      calibration: calibration === null ? '' : `${calibration.how}; ${ruleWords(judged.rule)}`,
      studio: version,
      created: now,
    },
    sections: box === null ? [] : cuttingPlanes(state.viewTools.sections, box),
    regions: sharedRegions(state, scan.id, accepted),
    pins: [
      ...(comment === '' || camera === null
        ? []
        : [{ position: pointInMiddle(cloud.positions, camera, analysis.frame.radius), text: comment }]),
      ...(options.pins ? (labels?.pins ?? []) : []).map(({ row, text }) => ({
        position: rowPlace(cloud.positions, row),
        text,
      })),
    ],
  };
}

/** Digits that a link can do without. */
function brief(value: number): number {
  return Number(value.toPrecision(6));
}

/** Without what a short link has no room for: origins of numbers, further digits. */
export function leanContent(bundle: ShareBundle): ShareBundle {
  const triple = ([x, y, z]: readonly [number, number, number]) => [brief(x), brief(y), brief(z)] as const;
  const { frame, camera, view, result, provenance } = bundle;
  return {
    ...bundle,
    name: bundle.name.slice(0, 80),
    frame: { centre: triple(frame.centre), radius: brief(frame.radius) },
    camera: camera === null ? null : { position: triple(camera.position), target: triple(camera.target) },
    view: {
      ...view,
      threshold: brief(view.threshold),
      low: brief(view.low),
      high: brief(view.high),
      pointScale: brief(view.pointScale),
    },
    result: { ...result, objectScore: brief(result.objectScore) },
    provenance: {
      ...provenance,
      calibration: '',
      modelHash: provenance.modelHash.slice(0, 12),
      created: Math.round(provenance.created / 1e6) * 1e6,
    },
    offsets: null,
    labels: null,
    regions: [],
  };
}

/** @returns bytes that a bundle may have, as it is about to be shared */
export function shareRoom(
  { way, linkLength, password }: ShareOptions,
  server: number | null,
  base: string,
): number {
  const sealed = way === 'stored' || password !== '' ? SEAL_BYTES : 0;
  if (way === 'link') return inlineRoom(base, LINK_LENGTHS[linkLength]) - sealed;
  return (way === 'stored' ? Math.min(server ?? MOST_BYTES, MOST_BYTES) : MOST_BYTES) - sealed;
}
