/**
 * The ablations of the method that need training: which loss, and which way pseudo-defects go. All with Norm-AS,
 * the paper's synthesis, because only its defects have a direction; the same seed, steps and scans for all.
 * Source: METHOD "Norm-AS", "Loss".
 */

import { TRAINING_PRESETS, type TrainingConfig } from './presets.ts';

export interface TrainingVariant {
  readonly id: 'full' | 'distance' | 'direction' | 'random';
  /** As tables show it. */
  readonly title: string;
  readonly terms: TrainingConfig['loss']['terms'];
  readonly direction: TrainingConfig['synthesis']['direction'];
}

export const TRAINING_VARIANTS: readonly TrainingVariant[] = [
  { id: 'full', title: 'distance + direction', terms: 'both', direction: 'normal' },
  { id: 'distance', title: 'distance only', terms: 'distance', direction: 'normal' },
  { id: 'direction', title: 'direction only', terms: 'direction', direction: 'normal' },
  { id: 'random', title: 'random directions', terms: 'both', direction: 'random' },
];

/** What a variant is trained with; everything it does not name is that of `base`. */
export function variantTraining(base: TrainingConfig, { terms, direction }: TrainingVariant): TrainingConfig {
  const { movedPatches } =
    base.synthesis.defects === null ? base.synthesis : TRAINING_PRESETS.paper.synthesis;
  return {
    ...base,
    synthesis: { ...base.synthesis, defects: null, movedPatches, direction },
    loss: { ...base.loss, terms },
  };
}
