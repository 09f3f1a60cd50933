/**
 * Adam over the variables of a model. WebGPU: one fused dispatch per tensor, moments in buffers of our own.
 * wasm: the same on the heap (`nn/wasmOptimCode`). tfjs's own Adam keeps every temporary of a step alive and
 * costs about thirteen dispatches per tensor.
 */

import { type AdamStep, type GradientNorm, gradientNorm } from '../core/adam.ts';
import { ModelMismatchError } from '../core/errors.ts';
import { type ReadSpan, readBuffers } from '../gpu/readback.ts';
import type { ComputeBackend, WasmCompute, WebGpuCompute } from '../nn/backend.ts';
import type * as tf from '../nn/tf.ts';
import { ADAM_CONSTANTS } from '../nn/wasmOptimCode.ts';
import { encodeAdam, encodeGradientNorm, normLayout } from './kernels.ts';

/** Adam's two moments of one variable, in the variable's own layout. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export type MomentMap = ReadonlyMap<string, Moments>;
export type Variables = ReadonlyMap<string, tf.Variable>;
export type Gradients = ReadonlyMap<string, tf.Tensor>;

export interface Optimiser {
  /** Updates every variable in place. @param gradients one per variable, by name */
  apply(gradients: Gradients, step: AdamStep): void;
  /** Over all gradients together. A readback. */
  norm(gradients: Gradients): Promise<GradientNorm>;
  /** Moments as they stand, for a checkpoint. A readback. */
  moments(): Promise<MomentMap>;
  dispose(): void;
}

/**
 * @param restored moments of a checkpoint, or undefined to start at zero
 * @throws ModelMismatchError when they do not fit the variables
 */
export function createAdam(backend: ComputeBackend, variables: Variables, restored?: MomentMap): Optimiser {
  const initial = new Map<string, Moments>();
  for (const [name, { size }] of variables) {
    const moments = restored?.get(name);
    if (restored !== undefined && (moments?.first.length !== size || moments.second.length !== size))
      throw new ModelMismatchError(name, `the checkpoint's optimiser state does not have ${size} values`);
    initial.set(name, moments ?? { first: new Float32Array(size), second: new Float32Array(size) });
  }
  return backend.name === 'webgpu'
    ? webGpuAdam(backend, variables, initial)
    : wasmAdam(backend, variables, initial);
}

function gradientOf(gradients: Gradients, name: string): tf.Tensor {
  const gradient = gradients.get(name);
  if (gradient === undefined) throw new ModelMismatchError(name, 'has no gradient');
  return gradient;
}

function webGpuAdam({ gpu, queue }: WebGpuCompute, variables: Variables, initial: MomentMap): Optimiser {
  const moments = new Map(
    [...initial].map(([name, { first, second }]) => [
      name,
      { first: gpu.upload(`adam.first ${name}`, first), second: gpu.upload(`adam.second ${name}`, second) },
    ]),
  );
  const layout = normLayout([...variables.values()].map((variable) => variable.size));
  const partial = gpu.buffer('gradient norm partials', layout.bytes);
  const result = gpu.buffer('gradient norm', 8);
  return {
    apply: (gradients, step) => {
      for (const [name, variable] of variables) {
        const { first, second } = moments.get(name)!;
        const gradient = queue.bufferOf(gradientOf(gradients, name));
        const parameter = queue.writableBufferOf(variable);
        queue.encode(
          (pass) => encodeAdam(gpu, pass, { parameter, gradient, first, second }, variable.size, step),
          1,
        );
      }
    },
    norm: async (gradients) => {
      const buffers = [...variables.keys()].map((name) => queue.bufferOf(gradientOf(gradients, name)));
      queue.encode(
        (pass) => encodeGradientNorm(gpu, pass, buffers, layout, partial, result),
        buffers.length + 1,
      );
      queue.flush();
      const [words] = await readBuffers(gpu, [{ buffer: result, bytes: 8 }]);
      const [squares, nonFinite] = new Float32Array(words!);
      return { squares: squares!, nonFinite: nonFinite! };
    },
    moments: async () => {
      queue.flush();
      const names = [...variables.keys()];
      const spans = names.flatMap((name): ReadSpan[] => {
        const { first, second } = moments.get(name)!;
        const bytes = 4 * variables.get(name)!.size;
        return [
          { buffer: first, bytes },
          { buffer: second, bytes },
        ];
      });
      const data = await readBuffers(gpu, spans);
      return new Map(
        names.map((name, i) => [
          name,
          { first: new Float32Array(data[2 * i]!), second: new Float32Array(data[2 * i + 1]!) },
        ]),
      );
    },
    dispose: () => {
      // Updates may still wait in tfjs's encoder; a buffer must not be destroyed before they are submitted.
      queue.flush();
      for (const { first, second } of moments.values()) gpu.release(first, second);
      gpu.release(partial, result);
    },
  };
}

function wasmAdam({ heap }: WasmCompute, variables: Variables, initial: MomentMap): Optimiser {
  const state = new Map(
    [...initial].map(([name, moments]) => {
      const [first, second] = [
        heap.scratch(4 * moments.first.length),
        heap.scratch(4 * moments.second.length),
      ];
      heap.floats(first.address, moments.first.length).set(moments.first);
      heap.floats(second.address, moments.second.length).set(moments.second);
      return [name, { first, second }];
    }),
  );
  const constants = heap.scratch(4 * ADAM_CONSTANTS.length);
  return {
    apply: (gradients, step) => {
      const values = { ...step, rest1: 1 - step.beta1, rest2: 1 - step.beta2 };
      heap.floats(constants.address, ADAM_CONSTANTS.length).set(ADAM_CONSTANTS.map((name) => values[name]));
      for (const [name, variable] of variables) {
        const { first, second } = state.get(name)!;
        const gradient = heap.address(gradientOf(gradients, name));
        heap.kernels.adam(
          heap.address(variable),
          gradient,
          first.address,
          second.address,
          constants.address,
          variable.size,
        );
      }
    },
    norm: async (gradients) => {
      let [squares, nonFinite] = [0, 0];
      for (const [name, { size }] of variables) {
        const part = gradientNorm(heap.floats(heap.address(gradientOf(gradients, name)), size));
        squares += part.squares;
        nonFinite += part.nonFinite;
      }
      return { squares, nonFinite };
    },
    moments: async () =>
      new Map(
        [...state].map(([name, { first, second }]) => {
          const { size } = variables.get(name)!;
          return [
            name,
            {
              first: heap.floats(first.address, size).slice(),
              second: heap.floats(second.address, size).slice(),
            },
          ];
        }),
      ),
    dispose: () => {
      for (const { first, second } of state.values()) {
        first.free();
        second.free();
      }
      constants.free();
    },
  };
}
