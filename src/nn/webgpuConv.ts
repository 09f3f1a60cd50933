/**
 * Sparse convolution on WebGPU: which kernels of `shaders/conv` run, over which rows, in what order.
 * See core/indexLaw for the maps; core/sparseConv is the CPU twin.
 */

import { grid2d, type Kernel } from '../gpu/device.ts';
import type { GpuConvMap } from '../gpu/kernelMap.ts';
import { registerKernel, type TfjsQueue } from './interop.ts';
import {
  ACTIVATION_CODE,
  type Activation,
  type ConvAttrs,
  type FusedConvAttrs,
  OPS,
  outputRows,
} from './ops.ts';
import type * as tf from './tf.ts';

/** Rows of a tile, as laid out by core/convPairs. */
const TILE = 32;
/** Slots one thread of the weight gradient walks. */
const CHUNK = 256;
/** The product buffer of the two-phase convolution stays below this; wider outputs go in column blocks. */
const PRODUCT_BYTES = 128 * 1024 * 1024;
/** Up to this many input channels the one-pass gather kernel is used (the stem). */
const GATHER_CHANNELS = 4;

interface Epilogue {
  readonly affine: GPUBuffer;
  readonly residual: GPUBuffer | null;
  readonly activation: Activation;
}

/** One GEMM over rows: what to read, what to multiply with, where to write. */
interface GemmCall {
  readonly x: GPUBuffer;
  readonly w: GPUBuffer;
  readonly y: GPUBuffer;
  /** Reduction and output channels. */
  readonly inChannels: number;
  readonly outChannels: number;
  readonly gather: GPUBuffer;
  readonly write: GPUBuffer;
  readonly tileTap: GPUBuffer;
  readonly slots: number;
  readonly taps: number;
  readonly transpose: boolean;
  readonly flip: boolean;
  readonly dense: boolean;
  readonly rows: boolean;
  readonly epilogue: Epilogue | null;
  /** Column block, in units of 4 channels. */
  readonly columnStart: number;
  readonly columns: number;
}

/** Scratch that is kept while work goes on: products and partial sums, and buffers bound where unused. */
class ConvScratch {
  private readonly queue: TfjsQueue;
  private scratch: GPUBuffer | null = null;
  /** Bound to inputs that a pipeline does not read. */
  readonly unused: GPUBuffer;
  constructor(queue: TfjsQueue) {
    this.queue = queue;
    this.unused = queue.gpu.buffer('unused', 64);
    queue.onIdle.add(this.letGo);
  }
  /** Everything that was queued has been submitted. */
  private readonly letGo = (): void => {
    this.queue.gpu.release(this.scratch);
    this.scratch = null;
  };
  /** A buffer of at least that many bytes; its content lasts until the next call's commands run. */
  get(bytes: number): GPUBuffer {
    if (this.scratch === null || this.scratch.size < bytes) {
      if (this.scratch !== null) {
        // Queued commands may still name the old buffer.
        this.queue.flush();
        this.queue.gpu.release(this.scratch);
      }
      this.scratch = this.queue.gpu.buffer('convolution scratch', bytes);
    }
    return this.scratch;
  }
  dispose(): void {
    this.queue.onIdle.delete(this.letGo);
    this.queue.flush();
    this.queue.gpu.release(this.scratch, this.unused);
  }
}

function requireMultipleOf4(what: string, channels: number): void {
  if (channels % 4 !== 0) throw new Error(`${what} must be a multiple of 4, got ${channels}`);
}

class WebGpuConv {
  private readonly queue: TfjsQueue;
  private readonly scratch: ConvScratch;
  constructor(queue: TfjsQueue) {
    this.queue = queue;
    this.scratch = new ConvScratch(queue);
  }

  dispose(): void {
    this.scratch.dispose();
  }

  /** Forward, with or without an epilogue. */
  forward(x: tf.TensorInfo, w: tf.TensorInfo, attrs: ConvAttrs, epilogue: Epilogue | null): tf.TensorInfo {
    const [vIn, cin] = x.shape as [number, number];
    const cout = w.shape[2]!;
    requireMultipleOf4('input channels', cin);
    requireMultipleOf4('output channels', cout);
    const { info, buffer: y } = this.queue.output([outputRows(attrs, vIn), cout]);
    const common = {
      x: this.queue.bufferOf(x),
      w: this.queue.bufferOf(w),
      y,
      inChannels: cin,
      outChannels: cout,
      epilogue,
    };
    const map = attrs.map as GpuConvMap | null;
    if (map === null) this.denseGemm({ ...common, transpose: false }, vIn);
    else if (attrs.transposed) this.scatterGemm({ ...common, transpose: false }, map);
    else if (cin <= GATHER_CHANNELS) this.gatherConv(common, map);
    else this.twoPhase({ ...common, transpose: false, flip: false }, map);
    return info;
  }

  /** Gradient with respect to the input, from dy [rows of the output, Cout]. */
  inputGrad(dy: tf.TensorInfo, w: tf.TensorInfo, attrs: ConvAttrs): tf.TensorInfo {
    const [taps, cin, cout] = w.shape as [number, number, number];
    const map = attrs.map as GpuConvMap | null;
    const rows = map === null ? dy.shape[0]! : attrs.transposed ? map.vOut : map.vIn;
    const { info, buffer: y } = this.queue.output([rows, cin]);
    const common = {
      x: this.queue.bufferOf(dy),
      w: this.queue.bufferOf(w),
      y,
      inChannels: cout,
      outChannels: cin,
      epilogue: null,
      transpose: true,
    };
    if (map === null) this.denseGemm(common, rows);
    // The down and up maps swap roles; an odd kernel is its own mirror with the taps reversed.
    else if (attrs.transposed) this.twoPhase({ ...common, flip: false }, map);
    else if (taps === 8) this.scatterGemm(common, map);
    else this.twoPhase({ ...common, flip: true }, map);
    return info;
  }

  /** Gradient with respect to the weights: [K, Cin, Cout]. */
  weightGrad(x: tf.TensorInfo, dy: tf.TensorInfo, attrs: ConvAttrs): tf.TensorInfo {
    const { queue } = this;
    const { gpu } = queue;
    const map = attrs.map as GpuConvMap | null;
    const in4 = x.shape[1]! / 4;
    const out4 = dy.shape[1]! / 4;
    const taps = map?.taps ?? 1;
    const { info, buffer: dw } = queue.output([taps, in4 * 4, out4 * 4]);
    const matrixBytes = in4 * out4 * 64;
    const table = tapTable(map, x.shape[0]!, CHUNK, PRODUCT_BYTES / matrixBytes);
    const tableBuffer = gpu.params(table.words);
    const partial = this.scratch.get(table.chunks * matrixBytes);
    const blocks = Math.ceil(in4 / 2) * Math.ceil(out4 / 2);
    const [chunksY, chunksZ] = grid2d(gpu, table.chunks);
    const unused = this.scratch.unused;
    const [a, b] =
      map === null
        ? [unused, unused]
        : attrs.transposed
          ? [map.pairOut, map.pairIn]
          : [map.pairIn, map.pairOut];
    queue.dispatch(
      gpu.kernel('conv/weight_grad', { DENSE: map === null ? 1 : 0 }),
      [
        gpu.params([in4, out4, table.chunk, taps, blocks, chunksY]),
        a,
        b,
        tableBuffer,
        queue.bufferOf(x),
        queue.bufferOf(dy),
        partial,
      ],
      Math.ceil(blocks / 32),
      chunksY,
      chunksZ,
    );
    const matrix4 = in4 * 4 * out4;
    const [gx, gy] = grid2d(gpu, Math.ceil((taps * matrix4) / 64));
    queue.dispatch(
      gpu.kernel('conv/weight_grad_sum'),
      [gpu.params([matrix4, taps, gx * 64]), tableBuffer, partial, dw],
      gx,
      gy,
    );
    return info;
  }

  private denseGemm(
    call: Pick<GemmCall, 'x' | 'w' | 'y' | 'inChannels' | 'outChannels' | 'epilogue' | 'transpose'>,
    rows: number,
  ): void {
    const { unused } = this.scratch;
    this.gemm({
      ...call,
      gather: unused,
      write: unused,
      tileTap: unused,
      slots: rows,
      taps: 1,
      flip: false,
      dense: true,
      rows: true,
      columnStart: 0,
      columns: call.outChannels / 4,
    });
  }

  /** Coarse to fine over a 2^3 map: each fine row has exactly one pair, so rows are written directly. */
  private scatterGemm(
    call: Pick<GemmCall, 'x' | 'w' | 'y' | 'inChannels' | 'outChannels' | 'epilogue' | 'transpose'>,
    map: GpuConvMap,
  ): void {
    this.gemm({
      ...call,
      gather: map.pairOut,
      write: map.pairIn,
      tileTap: map.tileTap,
      slots: map.slots,
      taps: map.taps,
      flip: false,
      dense: false,
      rows: true,
      columnStart: 0,
      columns: call.outChannels / 4,
    });
  }

  private twoPhase(
    call: Pick<GemmCall, 'x' | 'w' | 'y' | 'inChannels' | 'outChannels' | 'epilogue' | 'transpose' | 'flip'>,
    map: GpuConvMap,
  ): void {
    const { gpu } = this.queue;
    const out4 = call.outChannels / 4;
    const limit = Math.min(PRODUCT_BYTES, gpu.device.limits.maxStorageBufferBindingSize);
    const block = Math.max(1, Math.min(out4, Math.floor(limit / (map.slots * 16))));
    const products = this.scratch.get(map.slots * block * 16);
    for (let start = 0; start < out4; start += block) {
      const columns = Math.min(block, out4 - start);
      this.gemm({
        ...call,
        y: products,
        gather: map.pairIn,
        write: this.scratch.unused,
        tileTap: map.tileTap,
        slots: map.slots,
        taps: map.taps,
        dense: false,
        rows: false,
        epilogue: null,
        columnStart: start,
        columns,
      });
      const [gx, gy] = grid2d(gpu, Math.ceil((map.vOut * columns) / 64));
      this.queue.dispatch(
        gpu.kernel('conv/segment_sum', { TAPS: map.taps, ...epilogueConstants(call.epilogue) }),
        [
          gpu.params([map.vOut, out4, start, columns, gx * 64]),
          map.slotOf,
          products,
          ...this.epilogueBuffers(call.epilogue),
          call.y,
        ],
        gx,
        gy,
      );
    }
  }

  private gatherConv(
    call: Pick<GemmCall, 'x' | 'w' | 'y' | 'inChannels' | 'outChannels' | 'epilogue'>,
    map: GpuConvMap,
  ): void {
    const { gpu } = this.queue;
    const out4 = call.outChannels / 4;
    const [gx, gy] = grid2d(gpu, Math.ceil((map.vOut * out4) / 64));
    this.queue.dispatch(
      gpu.kernel('conv/gather_conv', { TAPS: map.taps, ...epilogueConstants(call.epilogue) }),
      [
        gpu.params([map.vOut, call.inChannels / 4, out4, gx * 64]),
        map.source,
        call.x,
        call.w,
        ...this.epilogueBuffers(call.epilogue),
        call.y,
      ],
      gx,
      gy,
    );
  }

  private gemm(call: GemmCall): void {
    const { gpu } = this.queue;
    const tiles = Math.ceil(call.slots / TILE);
    const [tilesX, tilesZ] = grid2d(gpu, tiles);
    const threads = columnThreads(call.columns);
    const kernel: Kernel = gpu.kernel('conv/pair_gemm', {
      TRANSPOSE: call.transpose ? 1 : 0,
      FLIP: call.flip ? 1 : 0,
      DENSE: call.dense ? 1 : 0,
      ROWS: call.rows ? 1 : 0,
      COLUMN_THREADS: threads,
      ...epilogueConstants(call.epilogue),
    });
    const params = gpu.params([
      call.slots,
      call.inChannels / 4,
      call.outChannels / 4,
      call.columnStart,
      call.columns,
      call.taps,
      tilesX,
    ]);
    this.queue.dispatch(
      kernel,
      [
        params,
        call.gather,
        call.write,
        call.tileTap,
        call.x,
        call.w,
        ...this.epilogueBuffers(call.epilogue),
        call.y,
      ],
      tilesX,
      Math.ceil(call.columns / threads),
      tilesZ,
    );
  }

  private epilogueBuffers(epilogue: Epilogue | null): [GPUBuffer, GPUBuffer] {
    const { unused } = this.scratch;
    return [epilogue?.affine ?? unused, epilogue?.residual ?? unused];
  }
}

function epilogueConstants(epilogue: Epilogue | null): Record<string, number> {
  return {
    EPILOGUE: epilogue === null ? 0 : 1,
    RESIDUAL: epilogue?.residual ? 1 : 0,
    ACTIVATION: epilogue === null ? 0 : ACTIVATION_CODE[epilogue.activation],
  };
}

/** Threads along the columns of a workgroup: few idle ones, at most 16 x 4 threads in all. */
function columnThreads(columns: number): number {
  if (columns >= 16) return columns % 16 === 0 || columns > 32 ? 16 : 8;
  return columns > 4 ? 8 : columns > 2 ? 4 : 2;
}

/** Chunks of the weight gradient: none straddles two taps, and all partial sums together stay bounded. */
function tapTable(
  map: GpuConvMap | null,
  rows: number,
  chunk: number,
  maxChunks: number,
): { words: number[]; chunks: number; chunk: number } {
  const taps = map?.taps ?? 1;
  const pairs = (k: number) => (map === null ? rows : map.tapPairs[k]!);
  const count = (size: number) => {
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += Math.ceil(pairs(k) / size);
    return sum;
  };
  let size = chunk;
  while (count(size) > Math.max(taps, maxChunks)) size *= 2;
  const words: number[] = [];
  let chunks = 0;
  for (let k = 0; k < taps; k++) {
    words.push(map === null ? 0 : map.tapStart[k]!, pairs(k), chunks, 0);
    chunks += Math.ceil(pairs(k) / size);
  }
  words.push(0, 0, chunks, 0);
  return { words, chunks, chunk: size };
}

/** @returns the ways to take the registrations back */
export function registerWebGpuConv(queue: TfjsQueue): (() => void)[] {
  const conv = new WebGpuConv(queue);
  const attrsOf = <A>(attrs: unknown) => attrs as A;
  return [
    registerKernel('webgpu', OPS.conv, ({ inputs, attrs }) =>
      conv.forward(inputs.x!, inputs.w!, attrsOf<ConvAttrs>(attrs), null),
    ),
    registerKernel('webgpu', OPS.convFused, ({ inputs, attrs }) => {
      const fused = attrsOf<FusedConvAttrs>(attrs);
      return conv.forward(inputs.x!, inputs.w!, fused, {
        affine: queue.bufferOf(inputs.affine!),
        residual: inputs.residual === undefined ? null : queue.bufferOf(inputs.residual),
        activation: fused.activation,
      });
    }),
    registerKernel('webgpu', OPS.convInputGrad, ({ inputs, attrs }) =>
      conv.inputGrad(inputs.dy!, inputs.w!, attrsOf<ConvAttrs>(attrs)),
    ),
    registerKernel('webgpu', OPS.convWeightGrad, ({ inputs, attrs }) =>
      conv.weightGrad(inputs.x!, inputs.dy!, attrsOf<ConvAttrs>(attrs)),
    ),
    () => conv.dispose(),
  ];
}
