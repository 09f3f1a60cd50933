/**
 * The network itself: MinkUNet (sparse U-Net of residual blocks) and the offset head, once, for training
 * and evaluation. A *unit* is convolution + norm + optional residual + activation; the two runners differ
 * only in how they execute one. Source: PO3AD released code, golden/SPEC.md sections 3 and 4.
 */

import { BATCH_NORM_EPS } from '../core/batchNorm.ts';
import { blockInput, DECODER_STAGES, ENCODER_STAGES, stageNames } from '../core/networkSpec.ts';
import type { BatchMoments, FrozenModel, OffsetModel } from './model.ts';
import { PRELU_OF } from './model.ts';
import {
  type Activation,
  batchNorm,
  type ConvAttrs,
  gatherPointRows,
  sparseConv,
  sparseConvFused,
} from './ops.ts';
import { runningName } from './parameters.ts';
import type { ConvMap, NetPlan, PointRows } from './plan.ts';
import * as tf from './tf.ts';

/** Sees layers by the names of golden/SPEC.md section 4; tensors live until the forward pass ends. */
export type LayerObserver = (layer: string, value: tf.Tensor2D) => void;

interface Unit {
  /** Name of the kernel tensor. */
  readonly kernel: string;
  /** Name of the norm, or of the bias where there is no norm. */
  readonly norm: string;
  readonly attrs: ConvAttrs;
  readonly activation: Activation;
  readonly residual?: tf.Tensor2D;
  /** Golden names of the raw convolution and of the normalised value. */
  readonly rawLayer?: string;
  readonly normLayer?: string;
}

type Runner = (x: tf.Tensor2D, unit: Unit) => tf.Tensor2D;

const over = (map: ConvMap | null, transposed = false): ConvAttrs => ({ map, transposed });

/** One stage's residual blocks. @param x [V, C] @returns [V, planes] */
function residualBlocks(
  run: Runner,
  model: OffsetModel,
  stage: number,
  map: ConvMap,
  x: tf.Tensor2D,
): tf.Tensor2D {
  const { arch } = model.config;
  const planes = arch.planes[stage]!;
  let cin = blockInput(arch, stage);
  let out = x;
  for (let b = 0; b < arch.layers[stage]!; b++) {
    const name = `${stageNames(stage).block}.${b}`;
    const shortcut =
      cin === planes
        ? out
        : run(out, {
            kernel: `${name}.downsample.0.kernel`,
            norm: `${name}.downsample.1.bn`,
            attrs: over(null),
            activation: 'none',
          });
    const hidden = run(out, {
      kernel: `${name}.conv1.kernel`,
      norm: `${name}.norm1.bn`,
      attrs: over(map),
      activation: 'relu',
    });
    out = run(hidden, {
      kernel: `${name}.conv2.kernel`,
      norm: `${name}.norm2.bn`,
      attrs: over(map),
      activation: 'relu',
      residual: shortcut,
    });
    cin = planes;
  }
  return out;
}

/** Encoder and decoder. @returns [V, planes[7]] */
function backbone(run: Runner, model: OffsetModel, plan: NetPlan, observe?: LayerObserver): tf.Tensor2D {
  const strided = (x: tf.Tensor2D, stage: number, map: ConvMap, transposed: boolean) => {
    const { conv, norm } = stageNames(stage);
    const rawLayer = conv.replace('backbone.', '');
    return run(x, {
      kernel: `${conv}.kernel`,
      norm,
      attrs: over(map, transposed),
      activation: 'relu',
      rawLayer,
    });
  };
  let out = run(plan.features, {
    kernel: 'backbone.conv0p1s1.kernel',
    norm: 'backbone.bn0.bn',
    attrs: over(plan.stem),
    activation: 'relu',
    rawLayer: 'conv0p1s1',
  });
  observe?.('out_p1', out);
  const skips = [out];
  for (const stage of ENCODER_STAGES) {
    out = strided(out, stage, plan.down[stage]!, false);
    out = residualBlocks(run, model, stage, plan.same[stage + 1]!, out);
    observe?.(`block${stage + 1}`, out);
    skips.push(out);
  }
  for (const stage of DECODER_STAGES) {
    const level = 7 - stage;
    out = strided(out, stage, plan.down[level]!, true);
    out = tf.concat2d([out, skips[level]!], 1);
    out = residualBlocks(run, model, stage, plan.same[level]!, out);
    observe?.(`block${stage + 1}`, out);
  }
  return out;
}

/** The two hidden layers of the offset head, over voxels or points alike. */
function headHidden(run: Runner, x: tf.Tensor2D): tf.Tensor2D {
  const layer = (input: tf.Tensor2D, index: number) =>
    run(input, {
      kernel: `linear_offset.${index}.weight`,
      norm: `linear_offset.${index + 1}`,
      attrs: over(null),
      activation: 'prelu',
      rawLayer: `head${index}`,
      normLayer: `head${index + 1}`,
    });
  return layer(layer(x, 0), 3);
}

/** What a training pass is made of. The bench puts stock operations in their place. */
export interface TrainingOps {
  conv(x: tf.Tensor2D, w: tf.Tensor3D, attrs: ConvAttrs): tf.Tensor2D;
  norm(
    x: tf.Tensor2D,
    params: tf.Tensor2D,
    residual: tf.Tensor2D | undefined,
    activation: Activation,
  ): { y: tf.Tensor2D; moments: tf.Tensor2D };
  gather(x: tf.Tensor2D, rows: PointRows): tf.Tensor2D;
}

const OWN: TrainingOps = { conv: sparseConv, norm: batchNorm, gather: gatherPointRows };

/**
 * Training pass: batch statistics, head on points, differentiable in `model.params`.
 * @returns offsets [N, 4], model units, the fourth column zero, and the batch statistics (kept; feed them to
 *   `updateRunning`)
 */
export function forwardTrain(
  model: OffsetModel,
  plan: NetPlan,
  observe?: LayerObserver,
  { conv, norm, gather }: TrainingOps = OWN,
): { offsets: tf.Tensor2D; moments: BatchMoments[] } {
  const seen: BatchMoments[] = [];
  const param = (name: string) => model.params.get(name)! as tf.Tensor;
  const run: Runner = (x, unit) => {
    const raw = conv(x, param(unit.kernel) as tf.Tensor3D, unit.attrs);
    if (unit.rawLayer) observe?.(unit.rawLayer, raw);
    let params = param(unit.norm) as tf.Tensor2D;
    if (unit.activation === 'prelu') {
      const slope = param(PRELU_OF[unit.norm]!) as tf.Tensor2D;
      params = tf.concat2d([params, tf.tile(slope, [1, params.shape[1]!])], 0);
    }
    const { y, moments } = norm(raw, params, unit.residual, unit.activation);
    seen.push({ norm: unit.norm, moments: tf.keep(moments), rows: raw.shape[0] });
    return y;
  };
  const dense = (x: tf.Tensor2D, kernel: string, bias: string) =>
    tf.add(conv(x, param(kernel) as tf.Tensor3D, over(null)), param(bias)) as tf.Tensor2D;
  const features = dense(
    backbone(run, model, plan, observe),
    'backbone.final_sematic.kernel',
    'backbone.final_sematic.bias',
  );
  observe?.('final_sematic', features);
  const hidden = headHidden(run, gather(features, plan.rows));
  const offsets = dense(hidden, 'linear_offset.6.weight', 'linear_offset.6.bias');
  observe?.('head6', offsets);
  return { offsets, moments: seen };
}

/**
 * Evaluation pass: running statistics as the epilogue of each convolution; the head runs once per voxel,
 * since points of a voxel share its features. No gradient. Call inside `tf.tidy`.
 * @returns offsets [N, 4], model units, the fourth column zero
 */
export function forwardEval(frozen: FrozenModel, plan: NetPlan, observe?: LayerObserver): tf.Tensor2D {
  const { model, affine } = frozen;
  const run: Runner = (x, unit) => {
    const kernel = model.params.get(unit.kernel)! as tf.Variable<tf.Rank.R3>;
    if (observe && (unit.rawLayer || unit.normLayer)) observeUnit(model, x, kernel, unit, observe);
    return sparseConvFused(x, kernel, affine.get(unit.norm)!, unit.residual, {
      ...unit.attrs,
      activation: unit.activation,
    });
  };
  const dense = (x: tf.Tensor2D, kernel: string, norm: string) =>
    run(x, { kernel, norm, attrs: over(null), activation: 'none' });
  const features = dense(
    backbone(run, model, plan, observe),
    'backbone.final_sematic.kernel',
    'backbone.final_sematic.bias',
  );
  observe?.('final_sematic', features);
  const offsets = dense(headHidden(run, features), 'linear_offset.6.weight', 'linear_offset.6.bias');
  observe?.('head6', offsets);
  return gatherPointRows(offsets, plan.rows);
}

/** Makes the intermediate values that the fused evaluation never has, for whoever compares layers. */
function observeUnit(
  model: OffsetModel,
  x: tf.Tensor2D,
  kernel: tf.Tensor3D,
  unit: Unit,
  observe: LayerObserver,
): void {
  const raw = sparseConv(x, kernel, unit.attrs);
  if (unit.rawLayer) observe(unit.rawLayer, raw);
  if (!unit.normLayer) return;
  const [gamma, beta] = tf.split(
    model.params.get(unit.norm)! as tf.Variable<tf.Rank.R2>,
    2,
    0,
  ) as tf.Tensor2D[];
  const [mean, variance] = tf.split(
    model.running.get(runningName(unit.norm))! as tf.Variable<tf.Rank.R2>,
    2,
    0,
  ) as tf.Tensor2D[];
  const centred = tf.div(tf.sub(raw, mean!), tf.sqrt(tf.add(variance!, BATCH_NORM_EPS)));
  observe(unit.normLayer, tf.add(tf.mul(centred, gamma!), beta!) as tf.Tensor2D);
}
