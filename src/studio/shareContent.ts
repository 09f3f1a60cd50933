/** What is shared, taken from the state: nothing that the user has not been shown. */

import { version } from '../../package.json';
import type { BundleCamera, ShareBundle } from '../share/bundle.ts';
import { inlineRoom, LINK_LENGTHS, type LinkLength } from '../share/links.ts';
import { SEAL_BYTES } from '../share/seal.ts';
import type { ShareOptions } from './shareState.ts';
import { activeScan, heatmapScale, modelSummary, type StudioState } from './state.ts';

/** Grid of the positions in links, where letters are few: see docs/share-format.md for what it costs. */
export const LINK_BITS: Readonly<Record<LinkLength, number>> = { everywhere: 9, webmail: 11 };

/** A file or an upload has at most this much where no server says less. */
const MOST_BYTES = 32e6;

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
  const labels = state.labels.scans.get(cloud.id)?.set;
  const summary = modelSummary(state);
  const scale = heatmapScale(state);
  const comment = options.comment.trim();
  return {
    name: options.name?.trim() || scan.name,
    unit: scan.unit,
    origin: cloud.origin,
    frame: analysis.frame,
    positions: cloud.positions,
    score: analysis.map.score,
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
    },
    camera,
    result: {
      verdict: analysis.verdict,
      objectScore: analysis.map.objectScore,
      objectThreshold: summary?.calibration?.objectThreshold ?? null,
    },
    provenance: {
      model: state.model.phase === 'ready' ? state.model.entry.title : '',
      modelHash: analysis.map.modelHash,
      calibration: summary?.calibration?.how ?? '',
      studio: version,
      created: now,
    },
    sections: [],
    regions: [],
    pins: comment === '' || camera === null ? [] : [{ position: camera.target, text: comment }],
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
