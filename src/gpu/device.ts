/**
 * The one door for `requestAdapter`, and the `Gpu`: one device, its compiled kernels, its counters.
 * The same device is handed to tfjs by `nn/backend`.
 */

import { CapacityError, DeviceLostError, NoWebGpuError } from '../core/errors.ts';
import { bindingsOf, shaderSource } from './shaders.ts';

/** Who computes, for the status bar and the command line. */
export interface AdapterSummary {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** True for SwiftShader, llvmpipe and their like: right, but not fast. */
  readonly software: boolean;
}

/** What has been done and what is held; tests compare these before and after. */
export interface GpuCounters {
  /** Buffers made by `Gpu.buffer` and not yet released. */
  buffers: number;
  /** Bytes of those. */
  bytes: number;
  dispatches: number;
  /** Times data came back from the GPU through `gpu/readback`. */
  readbacks: number;
}

/** The adapter in one line. */
export function adapterName({ vendor, architecture, description }: AdapterSummary): string {
  return [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter';
}

/**
 * Whether a CPU plays the GPU: SwiftShader, llvmpipe (its Vulkan form is lavapipe), WARP. Browsers may leave
 * any of the fields empty, and older ones do not know `isFallbackAdapter`.
 */
export function isSoftwareAdapter(
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description' | 'device'> & {
    readonly isFallbackAdapter?: boolean;
  },
): boolean {
  if (info.isFallbackAdapter === true) return true;
  const text = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return /swiftshader|llvmpipe|lavapipe|\bwarp\b|software|basic render/i.test(text);
}

export type BindingResource = GPUBuffer | GPUBufferBinding;

/** A compiled compute kernel with an explicit bind group layout (group 0 only). */
export class Kernel {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  private readonly gpu: Gpu;
  private readonly layout: GPUBindGroupLayout;
  private readonly bindingNames: readonly string[];

  constructor(gpu: Gpu, name: string, constants: Record<string, number>) {
    const code = shaderSource(name);
    const declared = bindingsOf(code);
    const { device } = gpu;
    this.gpu = gpu;
    this.name = name;
    this.bindingNames = declared.map((entry) => entry.name);
    this.layout = device.createBindGroupLayout({
      label: name,
      entries: declared.map(({ binding, type }) => ({
        binding,
        visibility: GPUShaderStage.COMPUTE,
        buffer: { type },
      })),
    });
    this.pipeline = device.createComputePipeline({
      label: name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [this.layout] }),
      compute: { module: device.createShaderModule({ label: name, code }), entryPoint: 'main', constants },
    });
  }

  /** Encodes one dispatch; `resources` in binding order. A dispatch of zero groups is skipped. */
  encode(pass: GPUComputePassEncoder, resources: readonly BindingResource[], x: number, y = 1, z = 1): void {
    if (x === 0 || y === 0 || z === 0) return;
    const limit = this.gpu.device.limits.maxComputeWorkgroupsPerDimension;
    if (x > limit || y > limit || z > limit)
      throw new CapacityError(this.name, Math.max(x, y, z), limit, 'workgroups per dimension');
    this.bind(pass, resources);
    pass.dispatchWorkgroups(x, y, z);
  }

  /** Encodes one dispatch whose group counts lie in `indirect` at `offset` bytes. */
  encodeIndirect(
    pass: GPUComputePassEncoder,
    resources: readonly BindingResource[],
    indirect: GPUBuffer,
    offset = 0,
  ): void {
    this.bind(pass, resources);
    pass.dispatchWorkgroupsIndirect(indirect, offset);
  }

  private bind(pass: GPUComputePassEncoder, resources: readonly BindingResource[]): void {
    if (resources.length !== this.bindingNames.length)
      throw new Error(`${this.name} has bindings ${this.bindingNames.join(', ')}; got ${resources.length}`);
    const group = this.gpu.device.createBindGroup({
      layout: this.layout,
      entries: resources.map((resource, binding) => ({
        binding,
        resource: 'buffer' in resource ? resource : { buffer: resource },
      })),
    });
    pass.setPipeline(this.pipeline);
    pass.setBindGroup(0, group);
    this.gpu.counters.dispatches++;
  }
}

/** Uniform blocks that are kept for reuse; beyond this the oldest go at the next `trim`. */
const KEPT_UNIFORMS = 1024;

/** One GPUDevice with its kernels. Everything it made goes with `dispose`. */
export class Gpu {
  readonly device: GPUDevice;
  readonly adapter: AdapterSummary;
  readonly adapterInfo: GPUAdapterInfo;
  readonly counters: GpuCounters = { buffers: 0, bytes: 0, dispatches: 0, readbacks: 0 };
  /** Resolves when the device is lost for any reason but `dispose`. */
  readonly lost: Promise<DeviceLostError>;
  private readonly compiled = new Map<string, Kernel>();
  private readonly uniforms = new Map<string, GPUBuffer>();
  private disposed = false;

  constructor(device: GPUDevice, info: GPUAdapterInfo) {
    this.device = device;
    this.adapterInfo = info;
    this.adapter = {
      vendor: info.vendor,
      architecture: info.architecture,
      description: info.description,
      software: isSoftwareAdapter(info),
    };
    this.lost = new Promise((resolve) => {
      void device.lost.then((reason) => {
        if (!this.disposed) resolve(new DeviceLostError('GPU', reason.message || 'the device was lost'));
      });
    });
  }

  /** @param name `area/name` of the shader; @param constants values of its `override`s */
  kernel(name: string, constants: Record<string, number> = {}): Kernel {
    const key = `${name} ${JSON.stringify(constants)}`;
    let kernel = this.compiled.get(key);
    if (kernel === undefined) {
      kernel = new Kernel(this, name, constants);
      this.compiled.set(key, kernel);
    }
    return kernel;
  }

  /** @throws CapacityError when the adapter cannot hold a buffer of that size */
  buffer(label: string, bytes: number, usage: GPUBufferUsageFlags = STORAGE): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 4) * 4);
    const limit = Math.min(this.device.limits.maxBufferSize, this.device.limits.maxStorageBufferBindingSize);
    if (size > limit) throw new CapacityError(label, size, limit, 'bytes');
    const buffer = this.device.createBuffer({ label, size, usage });
    this.counters.buffers++;
    this.counters.bytes += size;
    return buffer;
  }

  /** A storage buffer filled with `data`. */
  upload(label: string, data: Float32Array | Uint32Array | Int32Array): GPUBuffer {
    const buffer = this.buffer(label, data.byteLength);
    if (data.byteLength > 0)
      this.device.queue.writeBuffer(buffer, 0, data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    return buffer;
  }

  /** Destroys a buffer from `buffer` or `upload`. Work already submitted with it still completes. */
  release(...buffers: readonly (GPUBuffer | null | undefined)[]): void {
    for (const buffer of buffers) {
      if (!buffer) continue;
      this.counters.buffers--;
      this.counters.bytes -= buffer.size;
      buffer.destroy();
    }
  }

  /**
   * A uniform block with these words, shared between dispatches that want the same values (so nothing is
   * ever overwritten while queued work still reads it).
   */
  params(words: readonly number[], floatAt: readonly number[] = []): GPUBuffer {
    const data = new Uint32Array(Math.max(4, Math.ceil(words.length / 4) * 4));
    const floats = new Float32Array(data.buffer);
    words.forEach((word, i) => {
      if (floatAt.includes(i)) floats[i] = word;
      else data[i] = word;
    });
    const key = data.join();
    let block = this.uniforms.get(key);
    if (block === undefined) {
      block = this.device.createBuffer({
        label: 'params',
        size: data.byteLength,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
        mappedAtCreation: true,
      });
      new Uint32Array(block.getMappedRange()).set(data);
      block.unmap();
      this.uniforms.set(key, block);
    }
    return block;
  }

  /** Drops uniform blocks beyond the kept number. Call only when everything encoded has been submitted. */
  trim(): void {
    for (const [key, block] of this.uniforms) {
      if (this.uniforms.size <= KEPT_UNIFORMS) break;
      block.destroy();
      this.uniforms.delete(key);
    }
  }

  /** Encodes into an encoder of its own and submits it. */
  run(label: string, encode: (pass: GPUComputePassEncoder, encoder: GPUCommandEncoder) => void): void {
    const encoder = this.device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    encode(pass, encoder);
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  dispose(): void {
    this.disposed = true;
    this.compiled.clear();
    this.uniforms.clear();
    this.device.destroy();
  }
}

/** Usage of a buffer that kernels read and write and that can be copied and cleared (0x80 | 0x8 | 0x4). */
const STORAGE: GPUBufferUsageFlags = 0x8c;

/** Splits a linear number of workgroups over x and y, for kernels that rebuild it as `y * size_x + x`. */
export function grid2d(gpu: Gpu, groups: number): [number, number] {
  const limit = gpu.device.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= limit) return [groups, 1];
  const y = Math.ceil(groups / limit);
  return [Math.ceil(groups / y), y];
}

/**
 * Opens the adapter with the limits it has (default limits stop at 128 MB a binding).
 * @param entry `navigator.gpu`, or the one from `gpu/nodeGpu`
 * @throws NoWebGpuError
 */
export async function openGpu(entry: GPU | undefined): Promise<Gpu> {
  if (entry === undefined) throw new NoWebGpuError('WebGPU', 'this browser or runtime has no WebGPU');
  const adapter = await entry.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) throw new NoWebGpuError('WebGPU', 'no GPU adapter was found');
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
    },
  });
  return new Gpu(device, adapter.info);
}
