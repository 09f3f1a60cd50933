/**
 * The one door to the memory of tfjs's wasm backend. Our kernels are a second WebAssembly module on the same
 * memory: they read and write tensors where they lie, nothing is copied.
 *
 * `asm.memory` is what Emscripten exports at the pinned 4.22.0; `openWasmHeap` fails when it vanishes.
 */

import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { CapacityError } from '../core/errors.ts';
import type * as tf from './tf.ts';
import { encodeModule } from './wasmAssembler.ts';
import { GEMM_FUNCTIONS } from './wasmGemmCode.ts';
import { NORM_FUNCTIONS, type Variant } from './wasmNormCode.ts';
import { OPTIM_FUNCTIONS } from './wasmOptimCode.ts';

type Call = (...args: number[]) => void;

/** Exported functions; parameters are byte addresses and counts, see the wasm*Code files. */
export type WasmKernels = Readonly<
  Record<
    | 'gemm'
    | 'pack'
    | 'packTransposed'
    | 'weightGrad'
    | 'columnSums'
    | 'columnSquares'
    | 'gatherRows'
    | 'addRows'
    | 'adam'
    | Variant<'activate' | 'normGradSums' | 'normGradApply'>,
    Call
  >
>;

/** Memory that is ours until it is freed; 8-byte aligned. */
export interface Scratch {
  readonly address: number;
  free(): void;
}

export class WasmHeap {
  readonly kernels: WasmKernels;
  private readonly backend: BackendWasm;
  private readonly memory: WebAssembly.Memory;

  constructor(backend: BackendWasm, memory: WebAssembly.Memory, kernels: WasmKernels) {
    this.backend = backend;
    this.memory = memory;
    this.kernels = kernels;
  }

  /** Byte address of a tensor's values. */
  address({ dataId }: tf.TensorInfo): number {
    return this.backend.getMemoryOffset(dataId);
  }

  /**
   * A new float32 tensor that tfjs owns; contents undefined.
   * @throws CapacityError when the heap is full, where tfjs alone would write to address 0
   */
  output(shape: number[]): tf.TensorInfo {
    const info = this.backend.makeOutput(shape, 'float32');
    if (this.address(info) === 0) {
      const bytes = 4 * shape.reduce((a, b) => a * b, 1);
      this.backend.disposeData(info.dataId);
      throw new CapacityError('wasm heap', bytes, 0, 'bytes');
    }
    return info;
  }

  /** Zeroed, like `output`. */
  zeros(shape: number[]): tf.TensorInfo {
    const info = this.output(shape);
    this.floats(
      this.address(info),
      shape.reduce((a, b) => a * b, 1),
    ).fill(0);
    return info;
  }

  /** @throws CapacityError when the heap is full */
  scratch(bytes: number): Scratch {
    const info = this.output([Math.max(1, Math.ceil(bytes / 4))]);
    return { address: this.address(info), free: () => this.backend.disposeData(info.dataId) };
  }

  /** Views are good until the next allocation, which may move the memory. */
  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  words(address: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, address, length);
  }
}

/** Compiles our kernels onto the backend's memory. */
export async function openWasmHeap(backend: BackendWasm): Promise<WasmHeap> {
  const { asm } = backend.wasm as unknown as { asm?: { memory?: unknown } };
  const memory = asm?.memory;
  if (!(memory instanceof WebAssembly.Memory))
    throw new Error('this build of tfjs-backend-wasm does not show its memory; 4.22.0 does');
  const bytes = encodeModule([...GEMM_FUNCTIONS, ...NORM_FUNCTIONS, ...OPTIM_FUNCTIONS]);
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  // The module's exports are exactly the functions encoded above.
  return new WasmHeap(backend, memory, instance.exports as unknown as WasmKernels);
}
