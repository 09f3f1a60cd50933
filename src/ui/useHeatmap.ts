/** Values that several parts derive from the state in the same way. */

import { useMemo } from 'react';
import { COLOUR_MAPS, type ColourMapShape, colourTable, signedColourTable } from '../core/colourMaps.ts';
import { type ToleranceColours, toleranceColours } from '../core/toleranceColours.ts';
import { rimOf } from '../studio/boundaryState.ts';
import { type DisplayUnit, displayUnit } from '../studio/displayUnit.ts';
import { defaultScale, effectiveScale, type HeatmapScale, toleranceScale } from '../studio/heatmapScale.ts';
import { acceptedPoints, leftOutPoints, withoutPoints } from '../studio/judgement.ts';
import type { ScanLabels } from '../studio/labelState.ts';
import { regionsOf } from '../studio/regionState.ts';
import { activeScan, calibrationInForce, isMetrology, type Scan, toleranceInForce } from '../studio/state.ts';
import type { TrainingStage } from '../studio/trainingState.ts';
import { useStudio } from './useStudio.ts';

export function useActiveScan(): Scan | null {
  return useStudio(activeScan);
}

/** What Train mode shows in place of the open scan; null in other modes. */
export function useTrainingStage(): TrainingStage | null {
  return useStudio((state) => (state.mode === 'train' ? state.training.stage : null));
}

/** The scale in force, the same object until something it depends on changes. */
export function useHeatmapScale(): HeatmapScale {
  const calibration = useStudio(calibrationInForce);
  const threshold = useStudio((state) => state.view.threshold);
  const range = useStudio((state) => state.view.range);
  const tolerance = useStudio(toleranceInForce);
  const staged = useTrainingStage() !== null;
  return useMemo(() => {
    // What is in training has no thresholds yet; pseudo-defects have the heights of the method.
    if (staged) return defaultScale(null);
    if (tolerance !== null) return toleranceScale(tolerance, range);
    return effectiveScale(defaultScale(calibration), threshold, range);
  }, [staged, calibration, threshold, range, tolerance]);
}

const CONTINUOUS: ColourMapShape = { steps: null };

/** [N] offsets along the outward normal, while they are what the colours show; null = scores are. */
export function useSignedOffsets(): Float32Array | null {
  const out = useLeftOutPoints();
  const offsets = useStudio((state) => {
    if (!(state.view.signed || state.view.metrology) || state.mode !== 'inspect') return null;
    const points = activeScan(state)?.analysis?.map.score.length;
    const signed = regionsOf(state.regions, state.activeId)?.signed ?? null;
    return signed?.length === points ? signed : null;
  });
  return useMemo(() => (offsets === null ? null : withoutPoints(offsets, out)), [offsets, out]);
}

/** [N] 1 = the inspector accepted the point as normal; null where none was. */
export function useAcceptedPoints(): Uint8Array | null {
  const set = useScanLabels()?.set;
  const { classes, classOf } = set ?? {};
  return useMemo(
    () => (classes === undefined || classOf === undefined ? null : acceptedPoints({ classes, classOf })),
    [classes, classOf],
  );
}

/** [N] 1 = at the rim of the scan and left out; null where all points count. */
export function useRim(): Uint8Array | null {
  return useStudio((state) => {
    const cloudId = activeScan(state)?.cloud?.id;
    return cloudId === undefined ? null : rimOf(state.boundary, cloudId);
  });
}

/** [N] 1 = accepted as normal, or at the rim and left out; null where all points count. */
export function useLeftOutPoints(): Uint8Array | null {
  const accepted = useAcceptedPoints();
  const rim = useRim();
  return useMemo(() => leftOutPoints(accepted, rim), [accepted, rim]);
}

/** Labels and pins of the scan in the viewport; null while there are none or they were not read. */
export function useScanLabels(): ScanLabels | null {
  return useStudio((state) => {
    const cloudId = activeScan(state)?.cloud?.id;
    return cloudId === undefined ? null : (state.labels.scans.get(cloudId) ?? null);
  });
}

/** [N] what is drawn and counted of the scan in the viewport: scores, 0 for points that are left out. */
export function useJudgedScore(): Float32Array | null {
  const score = useActiveScan()?.analysis?.map.score ?? null;
  const out = useLeftOutPoints();
  return useMemo(() => (score === null ? null : withoutPoints(score, out)), [score, out]);
}

/** The chosen colour map. */
export function useScoreTable(): Uint8Array<ArrayBuffer> {
  const id = useStudio((state) => state.view.colourMap);
  return useMemo(() => colourTable(id), [id]);
}

/** What the view is coloured with. */
export function useColourTable(): Uint8Array<ArrayBuffer> {
  const signed = useSignedOffsets() !== null;
  const scores = useScoreTable();
  const bands = useToleranceColours();
  return useMemo(() => bands?.table ?? (signed ? signedColourTable() : scores), [bands, signed, scores]);
}

/** Bands of the tolerance, while colours show deviations; null otherwise. */
export function useToleranceColours(): ToleranceColours | null {
  const signed = useSignedOffsets() !== null;
  const on = useStudio(isMetrology);
  const { threshold, range } = useHeatmapScale();
  const inside = threshold / range.high;
  return useMemo(() => (on && signed ? toleranceColours(inside) : null), [on, signed, inside]);
}

/** How the colour table in force is drawn. */
export function useColourMapShape(): ColourMapShape {
  const id = useStudio((state) => state.view.colourMap);
  const signed = useSignedOffsets() !== null;
  const bands = useToleranceColours();
  if (bands !== null) return bands.shape;
  return signed ? CONTINUOUS : COLOUR_MAPS.find((known) => known.id === id)!;
}

/** The source unit of the scan on screen, or the model unit while no scan is open. */
export function useDisplayUnit(): DisplayUnit {
  const scan = useActiveScan();
  const stage = useTrainingStage();
  const radius = stage?.radius ?? scan?.radius ?? null;
  const unit = scan?.unit ?? 'file';
  return useMemo(() => displayUnit(radius, unit), [radius, unit]);
}
