/** The architecture of a network from the names and shapes of its tensors, and the check that they fit. */

import { ModelMismatchError } from '../core/errors.ts';
import type { Architecture, ModelConfig } from '../core/modelConfig.ts';
import { type NamedTensor, type StateDict, tensorSpecs } from '../core/networkSpec.ts';

type Shapes = ReadonlyMap<string, Pick<NamedTensor, 'shape'>>;

const STAGES = [1, 2, 3, 4, 5, 6, 7, 8] as const;

/**
 * Reads widths and depths off the tensors, then holds every tensor against that architecture.
 * @param file for messages
 * @throws ModelMismatchError naming the tensor that is missing, unexpected or of another shape
 */
export function inferArchitecture(file: string, tensors: Shapes): Architecture {
  const dimension = (name: string, axis: number, rank: number): number => {
    const shape = tensors.get(name)?.shape;
    if (shape === undefined)
      throw new ModelMismatchError(file, `tensor ${name} is missing: this is no PO3AD network`);
    if (shape.length !== rank)
      throw new ModelMismatchError(
        file,
        `tensor ${name} has shape [${shape.join(', ')}], expected ${rank} dimensions`,
      );
    return shape[axis]!;
  };
  const stem = 'backbone.conv0p1s1.kernel';
  const taps = dimension(stem, 0, 3);
  if (taps !== 27 && taps !== 125)
    throw new ModelMismatchError(
      file,
      `tensor ${stem} has ${taps} kernel offsets, expected 27 (3^3) or 125 (5^3)`,
    );
  const conv1 = (stage: number, block: number): string => `backbone.block${stage}.${block}.conv1.kernel`;
  const arch: Architecture = {
    stemWidth: dimension(stem, 2, 3),
    stemKernel: taps === 125 ? 5 : 3,
    layers: STAGES.map((stage) => {
      let blocks = 0;
      while (tensors.has(conv1(stage, blocks))) blocks++;
      return blocks;
    }),
    planes: STAGES.map((stage) => dimension(conv1(stage, 0), 2, 3)),
    inChannels: dimension(stem, 1, 3),
    outChannels: dimension('backbone.final_sematic.kernel', 1, 2),
    head: [dimension('linear_offset.0.weight', 0, 2), dimension('linear_offset.3.weight', 0, 2)],
  };
  checkState(file, arch, tensors);
  return arch;
}

/** @throws ModelMismatchError naming the first tensor that does not fit */
export function checkState(file: string, arch: Architecture, tensors: Shapes): void {
  const specs = tensorSpecs(arch);
  for (const { name, shape } of specs) {
    const found = tensors.get(name)?.shape;
    if (found === undefined) throw new ModelMismatchError(file, `tensor ${name} is missing`);
    if (found.length !== shape.length || found.some((n, i) => n !== shape[i]))
      throw new ModelMismatchError(
        file,
        `tensor ${name} has shape [${found.join(', ')}], expected [${shape.join(', ')}]`,
      );
  }
  if (tensors.size === specs.length) return;
  const known = new Set(specs.map((s) => s.name));
  const extra = [...tensors.keys()].find((name) => !known.has(name));
  throw new ModelMismatchError(file, `tensor ${extra} does not belong to this network`);
}

/**
 * The config of imported weights: trained by the released code, which scores by the L1 norm.
 * @throws ModelMismatchError as `inferArchitecture`
 */
export function importedConfig(file: string, name: string, state: StateDict): ModelConfig {
  return {
    name,
    arch: inferArchitecture(file, state),
    inputs: 'xyz',
    voxelSize: 0.03,
    preset: 'released',
    scoreNorm: 'l1',
  };
}
