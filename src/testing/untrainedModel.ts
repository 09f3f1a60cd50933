/** A small model that never saw a scan: right in form, meaningless in value. */

import { initialiseWeights } from '../core/initWeights.ts';
import { architecture, type ModelConfig } from '../core/modelConfig.ts';
import type { Calibration } from '../core/types.ts';
import { writeModelFile } from '../io/modelFile.ts';

const UNTRAINED_CONFIG: ModelConfig = {
  name: 'untrained',
  arch: { ...architecture('demo'), planes: [8, 8, 8, 8, 8, 8, 8, 8] },
  inputs: 'xyz',
  voxelSize: 0.1,
  preset: 'paper',
  scoreNorm: 'l2',
};

/** Bytes of its file. */
export function untrainedModel(calibration: Calibration | null = null): Uint8Array<ArrayBuffer> {
  const state = initialiseWeights(UNTRAINED_CONFIG.arch, 7);
  return writeModelFile({ config: UNTRAINED_CONFIG, state, calibration, provenance: {} });
}
