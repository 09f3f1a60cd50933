/**
 * The tensors of a PO3AD network by the original's names, in the order of its state dict. One place knows
 * how MinkUNet is put together; initialisation, import, export and the forward pass follow it.
 * Source: golden/weights manifest (PO3AD + MinkowskiEngine examples/minkunet.py).
 */

import type { Architecture } from './modelConfig.ts';

export type TensorKind =
  | 'kernel' // [K, Cin, Cout], or [Cin, Cout] for 1x1
  | 'linear' // [out, in]
  | 'bnGamma'
  | 'bnBeta'
  | 'bnMean'
  | 'bnVar'
  | 'bnCount' // num_batches_tracked, []
  | 'prelu' // [1]
  | 'bias';

export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: TensorKind;
}

/** Stages in order: encoder 0..3 (strides 2..16), decoder 4..7 (strides 8..1). */
export const ENCODER_STAGES = [0, 1, 2, 3] as const;
export const DECODER_STAGES = [4, 5, 6, 7] as const;

/** Names of the strided convolution of a stage and of its norm. */
export function stageNames(stage: number): { conv: string; norm: string; block: string } {
  const block = `backbone.block${stage + 1}`;
  if (stage < 4)
    return { conv: `backbone.conv${stage + 1}p${1 << stage}s2`, norm: `backbone.bn${stage + 1}.bn`, block };
  return { conv: `backbone.convtr${stage}p${1 << (8 - stage)}s2`, norm: `backbone.bntr${stage}.bn`, block };
}

/** Input channels of a stage's residual blocks: what comes in, plus the skip in the decoder. */
export function blockInput(arch: Architecture, stage: number): number {
  if (stage < 4) return stage === 0 ? arch.stemWidth : arch.planes[stage - 1]!;
  const skip = stage === 7 ? arch.stemWidth : arch.planes[6 - stage]!;
  return arch.planes[stage]! + skip;
}

/** Output channels of a stage's strided convolution: unchanged going down, the stage's planes going up. */
function stridedShape(arch: Architecture, stage: number): readonly [number, number] {
  if (stage < 4) {
    const width = stage === 0 ? arch.stemWidth : arch.planes[stage - 1]!;
    return [width, width];
  }
  return [arch.planes[stage - 1]!, arch.planes[stage]!];
}

function norm(name: string, channels: number): TensorSpec[] {
  const shape = [channels];
  return [
    { name: `${name}.weight`, shape, kind: 'bnGamma' },
    { name: `${name}.bias`, shape, kind: 'bnBeta' },
    { name: `${name}.running_mean`, shape, kind: 'bnMean' },
    { name: `${name}.running_var`, shape, kind: 'bnVar' },
    { name: `${name}.num_batches_tracked`, shape: [], kind: 'bnCount' },
  ];
}

function stage(arch: Architecture, index: number): TensorSpec[] {
  const names = stageNames(index);
  const [from, to] = stridedShape(arch, index);
  const specs: TensorSpec[] = [
    { name: `${names.conv}.kernel`, shape: [8, from, to], kind: 'kernel' },
    ...norm(names.norm, to),
  ];
  const planes = arch.planes[index]!;
  let cin = blockInput(arch, index);
  for (let b = 0; b < arch.layers[index]!; b++) {
    const block = `${names.block}.${b}`;
    specs.push(
      { name: `${block}.conv1.kernel`, shape: [27, cin, planes], kind: 'kernel' },
      ...norm(`${block}.norm1.bn`, planes),
      { name: `${block}.conv2.kernel`, shape: [27, planes, planes], kind: 'kernel' },
      ...norm(`${block}.norm2.bn`, planes),
    );
    if (cin !== planes)
      specs.push(
        { name: `${block}.downsample.0.kernel`, shape: [cin, planes], kind: 'kernel' },
        ...norm(`${block}.downsample.1.bn`, planes),
      );
    cin = planes;
  }
  return specs;
}

/** All tensors of the architecture in state-dict order, original shapes. */
export function tensorSpecs(arch: Architecture): TensorSpec[] {
  const { stemWidth, stemKernel, inChannels, outChannels, planes } = arch;
  const [h0, h1] = arch.head;
  return [
    { name: 'backbone.conv0p1s1.kernel', shape: [stemKernel ** 3, inChannels, stemWidth], kind: 'kernel' },
    ...norm('backbone.bn0.bn', stemWidth),
    ...[...ENCODER_STAGES, ...DECODER_STAGES].flatMap((index) => stage(arch, index)),
    { name: 'backbone.final_sematic.kernel', shape: [planes[7]!, outChannels], kind: 'kernel' },
    { name: 'backbone.final_sematic.bias', shape: [1, outChannels], kind: 'bias' },
    { name: 'linear_offset.0.weight', shape: [h0, outChannels], kind: 'linear' },
    ...norm('linear_offset.1', h0),
    { name: 'linear_offset.2.weight', shape: [1], kind: 'prelu' },
    { name: 'linear_offset.3.weight', shape: [h1, h0], kind: 'linear' },
    ...norm('linear_offset.4', h1),
    { name: 'linear_offset.5.weight', shape: [1], kind: 'prelu' },
    { name: 'linear_offset.6.weight', shape: [3, h1], kind: 'linear' },
    { name: 'linear_offset.6.bias', shape: [3], kind: 'bias' },
  ];
}

/** Values of one tensor; running statistics and counters are tensors like any other. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Original name -> values, in state-dict order. What files hold and what models are made from. */
export type StateDict = ReadonlyMap<string, NamedTensor>;

/** Learnable parameters (running statistics and counters left out). */
export function isParameter(spec: TensorSpec): boolean {
  return spec.kind !== 'bnMean' && spec.kind !== 'bnVar' && spec.kind !== 'bnCount';
}

/** Number of learnable values. */
export function countParameters(arch: Architecture): number {
  return tensorSpecs(arch)
    .filter(isParameter)
    .reduce((sum, spec) => sum + spec.shape.reduce((x, y) => x * y, 1), 0);
}
