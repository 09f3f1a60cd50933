/** What a model is: architecture, inputs, voxel size, scoring. Stored with the weights. */

import { InvalidInputError } from './errors.ts';

/**
 * `xyz`: the paper's input, the coordinates of the voxel's first point.
 * `reference`: per-point features against registered good scans.
 */
export type InputKind = 'xyz' | 'reference';

/** MinkUNet in its general form: four downs, four ups. */
export interface Architecture {
  /** Channels after the stem. */
  readonly stemWidth: number;
  /** Stem kernel edge, 3 or 5. */
  readonly stemKernel: 3 | 5;
  /** Residual blocks per stage: four encoder stages, four decoder stages. */
  readonly layers: readonly number[];
  /** Channels per stage, same order. */
  readonly planes: readonly number[];
  /** Channels of a voxel's input feature: 3 for `xyz`. */
  readonly inChannels: number;
  /** Backbone output channels = head input. */
  readonly outChannels: number;
  /** Hidden widths of the offset head. */
  readonly head: readonly [number, number];
}

export type PresetName = 'paper' | 'released' | 'studio';

export interface ModelConfig {
  readonly name: string;
  readonly arch: Architecture;
  readonly inputs: InputKind;
  /** Voxel edge, model units. */
  readonly voxelSize: number;
  readonly preset: PresetName;
  /** Norm of the offset that scores a point. */
  readonly scoreNorm: 'l1' | 'l2';
}

const base = { stemKernel: 5, inChannels: 3, outChannels: 32, head: [32, 16] } as const;

function arch(stemWidth: number, layers: number[], planes: number[]): Architecture {
  return { ...base, stemWidth, layers, planes };
}

const L14 = [1, 1, 1, 1, 1, 1, 1, 1];
const L18 = [2, 2, 2, 2, 2, 2, 2, 2];
const L34 = [2, 3, 4, 6, 2, 2, 2, 2];

/** Named architectures, as in MinkowskiEngine's examples/minkunet.py (basic blocks only). */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  MinkUNet14A: arch(32, L14, [32, 64, 128, 256, 128, 128, 96, 96]),
  MinkUNet14B: arch(32, L14, [32, 64, 128, 256, 128, 128, 128, 128]),
  MinkUNet14C: arch(32, L14, [32, 64, 128, 256, 192, 192, 128, 128]),
  MinkUNet14D: arch(32, L14, [32, 64, 128, 256, 384, 384, 384, 384]),
  MinkUNet18A: arch(32, L18, [32, 64, 128, 256, 128, 128, 96, 96]),
  MinkUNet18B: arch(32, L18, [32, 64, 128, 256, 128, 128, 128, 128]),
  MinkUNet18D: arch(32, L18, [32, 64, 128, 256, 384, 384, 384, 384]),
  MinkUNet34A: arch(32, L34, [32, 64, 128, 256, 256, 128, 64, 64]),
  MinkUNet34B: arch(32, L34, [32, 64, 128, 256, 256, 128, 64, 32]),
  MinkUNet34C: arch(32, L34, [32, 64, 128, 256, 256, 128, 96, 96]),
  /** The 0.73 M variant of the golden data. */
  small: arch(8, L14, [8, 16, 32, 64, 64, 32, 24, 24]),
  /** For reference inputs, which are many: 0.8 M parameters, 3^3 stem. */
  reference: { ...arch(16, L14, [16, 32, 48, 64, 64, 32, 24, 24]), stemKernel: 3 },
  /** 0.40 M parameters, 3^3 stem: what a CPU can train in minutes. */
  demo: { ...arch(8, L14, [8, 16, 32, 64, 32, 16, 16, 16]), stemKernel: 3 },
};

/** @throws InvalidInputError naming the known architectures */
export function architecture(name: string): Architecture {
  const found = Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined;
  if (found === undefined)
    throw new InvalidInputError(
      'architecture',
      `unknown architecture "${name}"; known: ${Object.keys(ARCHITECTURES).join(', ')}`,
    );
  return found;
}
