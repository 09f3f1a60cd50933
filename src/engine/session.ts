/**
 * The engine behind its protocol: one backend, the loaded models, and the walk from a scan to an anomaly
 * map. The worker wraps it in messages; the command line and the tests call it directly.
 */

import {
  CancelledError,
  InvalidInputError,
  ModelMismatchError,
  NoWebGpuError,
  OutOfMemoryError,
  StudioError,
  throwIfCancelled,
} from '../core/errors.ts';
import { toModelFrame } from '../core/frame.ts';
import { countParameters } from '../core/networkSpec.ts';
import { OBJECT_RULES } from '../core/objectRule.ts';
import { buildPyramid } from '../core/pyramid.ts';
import type { Histograms } from '../core/shapeFeatures.ts';
import type { PointCloud } from '../core/types.ts';
import type { PointFeatures } from '../core/voxelFeatures.ts';
import { voxelise } from '../core/voxelise.ts';
import { meanScore, objectFigures, pointScores } from '../detect/scores.ts';
import { adapterName, type Gpu, openGpu } from '../gpu/device.ts';
import { fpfhGpu } from '../gpu/fpfh.ts';
import { readBuffers } from '../gpu/readback.ts';
import { type ByteSource, blobSource, bytesSource } from '../io/byteSource.ts';
import { readModelFile } from '../io/modelFile.ts';
import { type OpenOptions, openScan } from '../io/openScan.ts';
import type { ScanFile } from '../io/report.ts';
import type { ComputeBackend } from '../nn/backend.ts';
import { forwardEval } from '../nn/minkunet.ts';
import { createModel, type FrozenModel, freezeModel } from '../nn/model.ts';
import type { NetPlan } from '../nn/plan.ts';
import * as tf from '../nn/tf.ts';
import { openWasm, type WasmOptions } from '../nn/wasmBackend.ts';
import { wasmPlan } from '../nn/wasmPlan.ts';
import { openWebGpuBackend } from '../nn/webgpuBackend.ts';
import { webGpuPlan } from '../nn/webgpuPlan.ts';
import type {
  Analysis,
  BackendName,
  CallHooks,
  EngineInfo,
  EngineMemory,
  ModelSummary,
  ParsedScan,
  ScanSource,
  Verdict,
} from './protocol.ts';

export interface SessionOptions {
  readonly backend: BackendName | 'auto';
  /** `navigator.gpu` or Dawn's; undefined or a rejection where there is none. */
  readonly gpu?: () => Promise<GPU | undefined>;
  readonly wasm?: WasmOptions;
  /** Loads the decoder of LAZ scans; without it they are refused. */
  readonly lazDecoder?: () => Promise<WebAssembly.Module>;
  /** Called once when the device is lost. */
  readonly onDeviceLost?: (error: StudioError) => void;
}

interface LoadedModel {
  readonly summary: ModelSummary;
  readonly frozen: FrozenModel;
}

/** What the network said about one cloud, before scoring. */
interface Prediction {
  /** [3N] model units. */
  readonly offsets: Float32Array;
  readonly voxels: readonly number[];
  readonly voxelise: number;
  readonly pyramid: number;
  readonly network: number;
}

export class Session {
  readonly info: EngineInfo;
  readonly backend: ComputeBackend;
  private readonly models = new Map<string, LoadedModel>();
  private gpuFailure: StudioError | null = null;

  private readonly lazDecoder: SessionOptions['lazDecoder'];

  private constructor(backend: ComputeBackend, info: EngineInfo, lazDecoder: SessionOptions['lazDecoder']) {
    this.backend = backend;
    this.info = info;
    this.lazDecoder = lazDecoder;
    if (backend.name === 'webgpu')
      backend.gpu.device.addEventListener('uncapturederror', (event) => {
        this.gpuFailure ??= failureOf(event.error);
      });
  }

  /**
   * Opens what was asked for; `auto` is WebGPU on a GPU, and wasm where there is none or where the adapter is
   * a CPU that plays one, on which wasm is about 20 times faster.
   * @throws NoWebGpuError when WebGPU was asked for by name and is not there
   */
  static async open(options: SessionOptions): Promise<Session> {
    let reason = 'wasm was asked for';
    if (options.backend !== 'wasm') {
      try {
        const gpu = await openGpu(await options.gpu?.());
        if (options.backend === 'webgpu' || !gpu.adapter.software) return await openOnWebGpu(gpu, options);
        reason = `WebGPU here is a software adapter, ${adapterName(gpu.adapter)}, and slower than WebAssembly`;
        gpu.dispose();
      } catch (error) {
        if (options.backend === 'webgpu' || !(error instanceof NoWebGpuError)) throw error;
        reason = error.message;
      }
    }
    const backend = await openWasm(options.wasm);
    const info: EngineInfo = {
      backend: 'wasm',
      adapter: backend.description,
      software: true,
      note: `Computing on the CPU with WebAssembly (${reason}): right, but slower than a GPU.`,
    };
    return new Session(backend, info, options.lazDecoder);
  }

  static onWebGpu(backend: ComputeBackend, info: EngineInfo, { lazDecoder }: SessionOptions): Session {
    return new Session(backend, info, lazDecoder);
  }

  /** @throws FormatError, CapacityError for more than fits the memory, CancelledError */
  async parse(source: ScanSource, hooks: CallHooks = {}): Promise<ParsedScan> {
    if (source.kind === 'cloud') return { cloud: source.cloud, report: bareReport(source.cloud) };
    const { name } = source;
    const bytes =
      source.kind === 'blob' ? blobSource(name, source.blob) : bytesSource(new Uint8Array(source.bytes));
    const { cloud, report } = await this.read(name, bytes, {
      ...hooks,
      ...(source.mesh === undefined ? {} : { mesh: source.mesh }),
      ...(source.kind === 'file' || source.packed === undefined ? {} : { packed: source.packed }),
    });
    return { cloud, report };
  }

  /** `openScan` with the decoders of this session. */
  read(name: string, source: ByteSource, options: OpenOptions = {}): Promise<ScanFile> {
    const { lazDecoder } = this;
    return openScan(name, source, { ...options, ...(lazDecoder === undefined ? {} : { lazDecoder }) });
  }

  /**
   * Loads a model file; a model that is already loaded is kept.
   * @throws FormatError, ModelMismatchError
   */
  async loadModel(name: string, bytes: ArrayBuffer): Promise<ModelSummary> {
    const file = await readModelFile(name, new Uint8Array(bytes));
    const held = this.models.get(file.hash);
    if (held !== undefined) return held.summary;
    const summary: ModelSummary = {
      hash: file.hash,
      config: file.config,
      parameters: countParameters(file.config.arch),
      calibration: file.calibration,
      provenance: file.provenance,
    };
    const frozen = freezeModel(createModel(file.config, file.state));
    this.models.set(file.hash, { summary, frozen });
    return summary;
  }

  /** Whether a model is loaded. */
  holds(hash: string): boolean {
    return this.models.has(hash);
  }

  unloadModel(hash: string): void {
    const held = this.models.get(hash);
    if (held === undefined) return;
    this.models.delete(hash);
    held.frozen.dispose();
    held.frozen.model.dispose();
  }

  /**
   * Scan -> anomaly map. The parsed cloud goes out through `hooks.onCloud` before the network runs.
   * @throws FormatError, InvalidInputError, CapacityError, CancelledError, DeviceLostError
   */
  async analyse(source: ScanSource, modelHash: string, hooks: CallHooks = {}): Promise<Analysis> {
    const started = performance.now();
    const loaded = this.loaded(modelHash);
    if (loaded.summary.config.inputs !== 'xyz')
      throw new ModelMismatchError(
        loaded.summary.config.name,
        'compares a scan with a registered good scan, which analysing a scan alone does not have',
      );
    const scan = await this.parse(source, hooks);
    const parse = performance.now() - started;
    hooks.onCloud?.(scan);
    await breathe(hooks.signal);
    hooks.onProgress?.({ stage: 'Building voxels', fraction: 0 });
    const { points, frame } = toModelFrame(scan.cloud);
    const prediction = await this.predict(loaded.frozen, points, hooks);
    const { config, calibration } = loaded.summary;
    const score = pointScores(prediction.offsets, config.scoreNorm);
    const objectScore = meanScore(score);
    const { voxelise: voxeliseMs, pyramid, network } = prediction;
    return {
      map: {
        cloudId: scan.cloud.id,
        offsets: prediction.offsets,
        score,
        objectScore,
        objectRule: OBJECT_RULES.mean,
        objectFigures: objectFigures(score),
        threshold: calibration?.pointThreshold ?? Number.NaN,
        modelHash,
      },
      frame,
      voxels: prediction.voxels,
      verdict: verdictOf(objectScore, calibration?.objectThreshold),
      calibration,
      alignment: null,
      timings: { parse, voxelise: voxeliseMs, pyramid, network, total: performance.now() - started },
      backend: this.info.backend,
      adapter: this.info.adapter,
    };
  }

  /** Where shapes are told: on a GPU; undefined on a CPU, also one that plays a GPU, whose own way is faster. */
  get histograms(): Histograms | undefined {
    const { backend, info } = this;
    if (backend.name !== 'webgpu' || info.software) return undefined;
    return (cloud, radius) => fpfhGpu(backend.gpu, cloud, radius);
  }

  /** What is held now. */
  memory(): EngineMemory {
    const { numTensors, numBytes } = tf.memory();
    const gpu = this.backend.name === 'webgpu' ? this.backend : null;
    return {
      gpuBuffers: gpu === null ? 0 : gpu.gpu.counters.buffers + gpu.queue.usedBuffers,
      gpuBytes: gpu === null ? 0 : gpu.gpu.counters.bytes + gpu.queue.allocatedBytes,
      tensors: numTensors,
      tensorBytes: numBytes,
    };
  }

  dispose(): void {
    for (const hash of [...this.models.keys()]) this.unloadModel(hash);
    this.backend.dispose();
    if (this.backend.name === 'webgpu') this.backend.gpu.dispose();
  }

  /**
   * What a network that compares a scan with its reference says about a scan that was laid on it.
   * @param points [3N] model units
   * @returns [3N] offsets, model units
   * @throws ModelMismatchError for a network that takes something else; as `analyse`
   */
  async predictLaid(
    modelHash: string,
    points: Float32Array,
    features: PointFeatures,
    hooks: CallHooks = {},
  ): Promise<Float32Array> {
    const { frozen, summary } = this.loaded(modelHash);
    const { name, inputs, arch } = summary.config;
    if (inputs !== 'reference' || arch.inChannels !== features.channels)
      throw new ModelMismatchError(
        name,
        `does not take the ${features.channels} features of a scan that lies on its reference`,
      );
    return (await this.predict(frozen, points, hooks, features)).offsets;
  }

  private loaded(modelHash: string): LoadedModel {
    const loaded = this.models.get(modelHash);
    if (loaded === undefined) throw new InvalidInputError('model', `no model ${modelHash} is loaded`);
    return loaded;
  }

  /** @param points [3N] model units; @param features of a network that takes more than coordinates */
  async predict(
    frozen: FrozenModel,
    points: Float32Array,
    hooks: CallHooks = {},
    features?: PointFeatures,
  ): Promise<Prediction> {
    return this.backend.name === 'webgpu'
      ? this.predictOnGpu(this.backend, frozen, points, hooks, features)
      : this.predictOnCpu(frozen, points, hooks, features);
  }

  private async predictOnGpu(
    { gpu, queue }: Extract<ComputeBackend, { name: 'webgpu' }>,
    frozen: FrozenModel,
    points: Float32Array,
    hooks: CallHooks,
    features: PointFeatures | undefined,
  ): Promise<Prediction> {
    const { config } = frozen.model;
    const count = points.length / 3;
    const t0 = performance.now();
    const buffer = gpu.upload('points', points);
    let plan: NetPlan | null = null;
    let offsets: tf.Tensor2D | null = null;
    try {
      const t1 = performance.now();
      plan = await webGpuPlan(queue, {
        points: buffer,
        count,
        cloudStarts: Uint32Array.of(0, count),
        voxelSize: config.voxelSize,
        stemKernel: config.arch.stemKernel,
        training: false,
        ...(features === undefined ? {} : { features }),
      });
      throwIfCancelled(hooks.signal, 'analyse');
      hooks.onProgress?.({ stage: 'Predicting offsets', fraction: 0.3 });
      const t2 = performance.now();
      const ready = plan;
      offsets = tf.tidy(() => forwardEval(frozen, ready));
      queue.flush();
      const [bytes] = await readBuffers(gpu, [{ buffer: queue.bufferOf(offsets), bytes: count * 16 }]);
      this.throwIfGpuFailed();
      return {
        offsets: dropPadding(new Float32Array(bytes!)),
        voxels: plan.counts,
        voxelise: t1 - t0,
        pyramid: t2 - t1,
        network: performance.now() - t2,
      };
    } finally {
      offsets?.dispose();
      plan?.dispose();
      gpu.release(buffer);
      // The next scan has other sizes: nothing of this one would be used again.
      queue.trimPool(0);
    }
  }

  private async predictOnCpu(
    frozen: FrozenModel,
    points: Float32Array,
    hooks: CallHooks,
    features: PointFeatures | undefined,
  ): Promise<Prediction> {
    const { config } = frozen.model;
    const t0 = performance.now();
    const grid = voxelise(points, config.voxelSize);
    const t1 = performance.now();
    await breathe(hooks.signal);
    const plan = wasmPlan(buildPyramid(grid, 1, config.arch.stemKernel), points, features);
    try {
      const t2 = performance.now();
      hooks.onProgress?.({ stage: 'Predicting offsets', fraction: 0.3 });
      await breathe(hooks.signal);
      const offsets = tf.tidy(() => forwardEval(frozen, plan));
      const padded = (await offsets.data()) as Float32Array;
      offsets.dispose();
      return {
        offsets: dropPadding(padded),
        voxels: plan.counts,
        voxelise: t1 - t0,
        pyramid: t2 - t1,
        network: performance.now() - t2,
      };
    } finally {
      plan.dispose();
    }
  }

  /**
   * WebGPU reports what went wrong after the fact; a result made after a failure is not one.
   * @throws OutOfMemoryError, or an error of kind `internal`
   */
  throwIfGpuFailed(): void {
    const failure = this.gpuFailure;
    this.gpuFailure = null;
    if (failure !== null) throw failure;
  }
}

/** A validation error that WebGPU reported while we computed. */
class GpuFailure extends StudioError {
  readonly kind = 'internal';
}

function failureOf(error: GPUError): StudioError {
  // Not every runtime has the class as a global.
  const full = typeof GPUOutOfMemoryError !== 'undefined' && error instanceof GPUOutOfMemoryError;
  return full ? new OutOfMemoryError('GPU', error.message) : new GpuFailure('GPU', error.message);
}

async function openOnWebGpu(gpu: Gpu, options: SessionOptions): Promise<Session> {
  const backend = await openWebGpuBackend(gpu);
  void gpu.lost.then((error) => options.onDeviceLost?.(error));
  const { software } = gpu.adapter;
  const info: EngineInfo = {
    backend: 'webgpu',
    adapter: backend.description,
    software,
    note: software
      ? 'WebGPU here is a software adapter: right, but slower than a GPU, and than WebAssembly.'
      : 'Computing on your GPU with WebGPU.',
  };
  return Session.onWebGpu(backend, info, options);
}

/** Lets messages in (a cancel, for one) between two pieces of synchronous work. @throws CancelledError */
async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, 0);
  });
  if (signal?.aborted) throw new CancelledError('analyse');
}

/** [N, 4] -> [3N] */
function dropPadding(padded: Float32Array): Float32Array {
  const n = padded.length / 4;
  const packed = new Float32Array(3 * n);
  for (let i = 0; i < n; i++) {
    packed[3 * i] = padded[4 * i]!;
    packed[3 * i + 1] = padded[4 * i + 1]!;
    packed[3 * i + 2] = padded[4 * i + 2]!;
  }
  return packed;
}

function verdictOf(objectScore: number, threshold: number | undefined): Verdict {
  if (threshold === undefined || Number.isNaN(threshold)) return 'uncalibrated';
  return objectScore > threshold ? 'not-ok' : 'ok';
}

function bareReport(cloud: PointCloud): ParsedScan['report'] {
  const points = cloud.positions.length / 3;
  const faces = (cloud.faces?.length ?? 0) / 3;
  return { format: 'in memory', points, faces, skipped: 0, nan: 0, warnings: [] };
}
