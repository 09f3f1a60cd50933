/** Values that several parts derive from the state in the same way. */

import { useMemo } from 'react';
import { colourTable } from '../core/colourMaps.ts';
import { type DisplayUnit, displayUnit } from '../studio/displayUnit.ts';
import { defaultScale, effectiveScale, type HeatmapScale } from '../studio/heatmapScale.ts';
import { activeScan, calibrationInForce, type Scan } from '../studio/state.ts';
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
  const staged = useTrainingStage() !== null;
  return useMemo(
    // What is in training has no thresholds yet; pseudo-defects have the heights of the method.
    () => (staged ? defaultScale(null) : effectiveScale(defaultScale(calibration), threshold, range)),
    [staged, calibration, threshold, range],
  );
}

export function useColourTable(): Uint8Array<ArrayBuffer> {
  const id = useStudio((state) => state.view.colourMap);
  return useMemo(() => colourTable(id), [id]);
}

/** The source unit of the scan on screen, or the model unit while no scan is open. */
export function useDisplayUnit(): DisplayUnit {
  const scan = useActiveScan();
  const stage = useTrainingStage();
  const radius = stage?.radius ?? scan?.radius ?? null;
  const unit = scan?.unit ?? 'file';
  return useMemo(() => displayUnit(radius, unit), [radius, unit]);
}
