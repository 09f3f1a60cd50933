/** What a training run would cost on this device: a few steps of it on a scan of the user's. */

import { toModelFrame } from '../core/frame.ts';
import { initialiseWeights } from '../core/initWeights.ts';
import type { ModelConfig } from '../core/modelConfig.ts';
import { countParameters } from '../core/networkSpec.ts';
import type { TrainingConfig } from '../core/presets.ts';
import type { PointCloud } from '../core/types.ts';
import * as tf from '../nn/tf.ts';
import { runTraining, type TrainingOptions } from '../train/run.ts';
import type { TrainingSource } from '../train/samples.ts';
import type { CallHooks } from './protocol.ts';
import type { Session } from './session.ts';
import type { ProbeResult } from './trainingProtocol.ts';
import { tuningSources } from './tuneReferenceModel.ts';

/** Steps of the timed run, the first of which does not count: kernels are compiled in it. */
const STEPS = 3;
/** A CPU compiles nothing, and its steps may take many seconds. */
const STEPS_ON_CPU = 2;

/** Normals that point away from the middle: they cost what real ones cost, and need no estimate. */
function outward(points: Float32Array): Float32Array {
  const normals = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) {
    const length = Math.hypot(points[i]!, points[i + 1]!, points[i + 2]!) || 1;
    for (let d = i; d < i + 3; d++) normals[d] = points[d]! / length;
  }
  return normals;
}

function sourcesOf({ inputs }: ModelConfig, cloud: PointCloud): readonly TrainingSource[] {
  if (inputs === 'reference') return tuningSources([cloud]).sources;
  const { points } = toModelFrame(cloud);
  return [{ id: cloud.id, name: cloud.name, points, normals: outward(points) }];
}

/**
 * @param cloud a scan like those the run learns from
 * @throws InvalidInputError, CapacityError, OutOfMemoryError, CancelledError
 */
export async function probeTraining(
  session: Session,
  model: ModelConfig,
  training: TrainingConfig,
  cloud: PointCloud,
  hooks: CallHooks = {},
): Promise<ProbeResult> {
  // On a CPU the clouds of a batch take turns anyway, so one of them tells enough.
  const batchSize = session.info.software ? 1 : training.microBatch;
  const options: TrainingOptions = {
    backend: session.backend,
    model,
    training: {
      ...training,
      batchSize,
      microBatch: batchSize,
      steps: 1,
      schedule: { ...training.schedule, epochs: 1, constantUntil: 1 },
      logEvery: 1,
      checkpointEvery: null,
    },
    sources: sourcesOf(model, cloud),
    init: initialiseWeights(model.arch, 1),
  };
  const signal = hooks.signal === undefined ? {} : { signal: hooks.signal };
  const check = () => session.throwIfGpuFailed();
  const { peakBytes } = await tf.profile(async () => {
    await runTraining({ ...options, hooks: { ...signal, check } });
    return [];
  });
  const times: number[] = [];
  const afterStep = async () => void times.push(performance.now());
  const steps = session.info.software ? STEPS_ON_CPU : STEPS;
  await runTraining({
    ...options,
    training: { ...options.training, steps },
    hooks: { ...signal, check, afterStep },
  });
  const perCloud = (times.at(-1)! - times[0]!) / (steps - 1) / 1000 / batchSize;
  const secondsPerStep = perCloud * training.batchSize;
  // Weights and gradients are there once, whatever the batch; Adam's two moments are not tfjs's.
  const weights = 4 * countParameters(model.arch);
  const clouds = (Math.max(0, peakBytes - 2 * weights) * training.microBatch) / batchSize;
  return { secondsPerStep, seconds: secondsPerStep * training.steps, bytes: 4 * weights + clouds };
}
