/**
 * Sparse convolution on WebGPU: which kernels of `shaders/conv` run, over which rows, in what order.
 * See core/indexLaw for the maps; core/sparseConv is the CPU twin.
 */

import { grid2d } from '../gpu/device.ts';
import type { GpuConvMap } from '../gpu/kernelMap.ts';
import { ConvScratch, SCRATCH_BYTES } from './convScratch.ts';
import type { TileMemory } from './gemmTiles.ts';
import { registerKernel, type TfjsQueue } from './interop.ts';
import { type ConvAttrs, type FusedConvAttrs, OPS, outputRows } from './ops.ts';
import type * as tf from './tf.ts';
import { type Epilogue, epilogueConstants, type GemmCall, PairGemm } from './webgpuGemm.ts';
import { convWeightGrad } from './webgpuWeightGrad.ts';

/** Longest that measuring may hold up a scan or a training step, about. */
const TUNING_MS = 100;
/** Up to this many input channels the one-pass gather kernel is used (the stem). */
const GATHER_CHANNELS = 4;

/** What the paths of a convolution share. */
type ConvCall = Pick<GemmCall, 'x' | 'w' | 'y' | 'inChannels' | 'outChannels' | 'epilogue'>;
type Transposable = ConvCall & Pick<GemmCall, 'transpose'>;

/** vec4 columns that a thread of the second phase sums: more save look-ups, fewer fill a GPU. */
function summedColumns(columns: number, software: boolean): number {
  if (software && columns >= 4) return 4;
  return columns >= 2 ? 2 : 1;
}

function requireMultipleOf4(what: string, channels: number): void {
  if (channels % 4 !== 0) throw new Error(`${what} must be a multiple of 4, got ${channels}`);
}

class WebGpuConv {
  private readonly queue: TfjsQueue;
  private readonly scratch: ConvScratch;
  private readonly gemm: PairGemm;
  constructor(queue: TfjsQueue, memory?: TileMemory) {
    this.queue = queue;
    this.scratch = new ConvScratch(queue);
    this.gemm = new PairGemm(queue, this.scratch.unused, memory);
    queue.beforePlan.add(this.tune);
  }

  /** Measures tiles of the shapes that the last scan or step had, so that the next one is faster. */
  private readonly tune = (): Promise<void> => this.gemm.tuner.tune(TUNING_MS);

  dispose(): void {
    this.queue.beforePlan.delete(this.tune);
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
    return convWeightGrad(this.queue, this.scratch, x, dy, attrs);
  }

  private denseGemm(call: Transposable, rows: number): void {
    this.gemm.run({
      ...call,
      gather: null,
      write: null,
      tileTap: null,
      slots: rows,
      taps: 1,
      flip: false,
      rows: true,
      columnStart: 0,
      columns: call.outChannels / 4,
    });
  }

  /** Coarse to fine over a 2^3 map: each fine row has exactly one pair, so rows are written directly. */
  private scatterGemm(call: Transposable, map: GpuConvMap): void {
    this.gemm.run({
      ...call,
      gather: map.pairOut,
      write: map.pairIn,
      tileTap: map.tileTap,
      slots: map.slots,
      taps: map.taps,
      flip: false,
      rows: true,
      columnStart: 0,
      columns: call.outChannels / 4,
    });
  }

  /**
   * Products of all pairs, then their sums. The taps run side by side, so the deep levels, which have few rows
   * and large weights, are split over the taps by themselves.
   */
  private twoPhase(call: Transposable & Pick<GemmCall, 'flip'>, map: GpuConvMap): void {
    const { gpu } = this.queue;
    const out4 = call.outChannels / 4;
    const limit = Math.min(SCRATCH_BYTES, gpu.device.limits.maxStorageBufferBindingSize);
    const block = Math.max(1, Math.min(out4, Math.floor(limit / (map.slots * 16))));
    const products = this.scratch.get(map.slots * block * 16);
    for (let start = 0; start < out4; start += block) {
      const columns = Math.min(block, out4 - start);
      this.gemm.run({
        ...call,
        y: products,
        gather: map.pairIn,
        write: null,
        tileTap: map.tileTap,
        slots: map.slots,
        taps: map.taps,
        rows: false,
        epilogue: null,
        columnStart: start,
        columns,
      });
      const perThread = summedColumns(columns, gpu.adapter.software);
      const rowThreads = Math.ceil(columns / perThread);
      const [gx, gy] = grid2d(gpu, Math.ceil((map.vOut * rowThreads) / 64));
      this.queue.dispatch(
        gpu.kernel('conv/segment_sum', {
          TAPS: map.taps,
          COLUMNS: perThread,
          ...epilogueConstants(call.epilogue),
        }),
        [
          gpu.params([map.vOut, out4, start, columns, rowThreads, gx * 64]),
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

  private gatherConv(call: ConvCall, map: GpuConvMap): void {
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

  private epilogueBuffers(epilogue: Epilogue | null): [GPUBuffer, GPUBuffer] {
    const { unused } = this.scratch;
    return [epilogue?.affine ?? unused, epilogue?.residual ?? unused];
  }
}

/** @returns the ways to take the registrations back */
export function registerWebGpuConv(queue: TfjsQueue, memory?: TileMemory): (() => void)[] {
  const conv = new WebGpuConv(queue, memory);
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
