/**
 * The GEMM of the sparse convolution on WebGPU: rows gathered through a pair list times the weights of their
 * tap. One call, several kernels and tiles behind it (`shaders/conv/pair_gemm`, `pair_gemm_staged`);
 * nn/gemmTiles chooses.
 */

import { PAIR_TILE } from '../core/convPairs.ts';
import { adapterName, type Gpu, grid2d } from '../gpu/device.ts';
import { type GemmShape, type GemmTile, GemmTuner, type TileMemory } from './gemmTiles.ts';
import type { TfjsQueue } from './interop.ts';
import { ACTIVATION_CODE, type Activation } from './ops.ts';

/** What follows a convolution in evaluation: act(y * scale + shift + residual). */
export interface Epilogue {
  /** [3, C]: scale, shift, slope. */
  readonly affine: GPUBuffer;
  readonly residual: GPUBuffer | null;
  readonly activation: Activation;
}

/** Values of the overrides that every kernel with an epilogue has. */
export function epilogueConstants(epilogue: Epilogue | null): Record<string, number> {
  return {
    EPILOGUE: epilogue === null ? 0 : 1,
    RESIDUAL: epilogue?.residual ? 1 : 0,
    ACTIVATION: epilogue === null ? 0 : ACTIVATION_CODE[epilogue.activation],
  };
}

/** One GEMM: what to read, what to multiply with, where to write. */
export interface GemmCall {
  readonly x: GPUBuffer;
  readonly w: GPUBuffer;
  readonly y: GPUBuffer;
  /** Reduction and output channels. */
  readonly inChannels: number;
  readonly outChannels: number;
  /** Input row of each slot; null where the slot is the row (a dense layer). */
  readonly gather: GPUBuffer | null;
  /** Output row of each slot, for `rows` over a map. */
  readonly write: GPUBuffer | null;
  readonly tileTap: GPUBuffer | null;
  /** Pair slots, or rows of a dense layer. */
  readonly slots: number;
  readonly taps: number;
  /** Multiplies with the transposed weights. */
  readonly transpose: boolean;
  /** Takes the taps in reverse order. */
  readonly flip: boolean;
  /** Writes output rows, with the epilogue; else products, one row a slot, of these columns only. */
  readonly rows: boolean;
  readonly epilogue: Epilogue | null;
  /** Column block, in units of 4 channels. */
  readonly columnStart: number;
  readonly columns: number;
}

/** Threads of a workgroup along the columns, at most. */
const MOST_COLUMN_THREADS = 16;

/** @param columns what the threads of one row of a tile share out, in columns of a thread */
function columnThreads(columns: number, tile: GemmTile): number {
  // The tile of software adapters: four threads in all are one of their SIMD groups.
  if (tile.rows === 16) return Math.min(columns, 2);
  // Few idle threads, and few different pipelines to compile.
  if (columns >= MOST_COLUMN_THREADS) return columns % 16 === 0 || columns > 32 ? 16 : 8;
  return columns > 4 ? 8 : columns > 2 ? 4 : columns;
}

export class PairGemm {
  readonly tuner: GemmTuner;
  private readonly queue: TfjsQueue;
  /** Bound to inputs that a kernel does not read. */
  private readonly unused: GPUBuffer;

  constructor(queue: TfjsQueue, unused: GPUBuffer, memory?: TileMemory) {
    this.queue = queue;
    this.unused = unused;
    const { adapter } = queue.gpu;
    const measure = (shape: GemmShape, tile: GemmTile) => this.measure(shape, tile);
    this.tuner = new GemmTuner({ name: adapterName(adapter), software: adapter.software }, measure, memory);
  }

  run(call: GemmCall): void {
    this.dispatch(call, this.tuner.choose({ ...call, products: !call.rows }));
  }

  private dispatch(call: GemmCall, tile: GemmTile): void {
    const { gpu } = this.queue;
    const [tilesX, tilesZ] = grid2d(gpu, Math.ceil(call.slots / PAIR_TILE));
    const params = gpu.params([
      call.slots,
      call.inChannels / 4,
      call.outChannels / 4,
      call.columnStart,
      call.columns,
      call.taps,
      tilesX,
    ]);
    const how = {
      TRANSPOSE: call.transpose ? 1 : 0,
      FLIP: call.flip ? 1 : 0,
      COLUMNS: tile.columns,
    };
    const perThread = Math.ceil(call.columns / tile.columns);
    const [gather, tileTap] = [call.gather ?? this.unused, call.tileTap ?? this.unused];
    if (tile.kernel === 'staged' && !call.rows) {
      this.queue.dispatch(
        gpu.kernel('conv/pair_gemm_staged', how),
        [params, gather, tileTap, call.x, call.w, call.y],
        tilesX,
        Math.ceil(perThread / MOST_COLUMN_THREADS),
        tilesZ,
      );
      return;
    }
    const threads = columnThreads(perThread, tile);
    this.queue.dispatch(
      gpu.kernel('conv/pair_gemm', {
        ...how,
        DENSE: call.gather === null ? 1 : 0,
        ROWS: call.rows ? 1 : 0,
        COLUMN_THREADS: threads,
        ROW_THREADS: PAIR_TILE / tile.rows,
        ...epilogueConstants(call.epilogue),
      }),
      [
        params,
        gather,
        call.write ?? this.unused,
        tileTap,
        call.x,
        call.w,
        call.epilogue?.affine ?? this.unused,
        call.epilogue?.residual ?? this.unused,
        call.y,
      ],
      tilesX,
      Math.ceil(perThread / threads),
      tilesZ,
    );
  }

  /** Milliseconds of one GEMM of that shape over made-up pairs; the GPU does nothing else meanwhile. */
  private async measure(shape: GemmShape, tile: GemmTile): Promise<number> {
    const { gpu } = this.queue;
    const bench = madeUpCall(gpu, shape);
    try {
      this.queue.flush();
      const start = performance.now();
      this.dispatch(bench.call, tile);
      this.queue.flush();
      await gpu.device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    } finally {
      bench.release();
    }
  }
}

/** Neighbouring rows in every tap, as in a real map; values do not matter for time. */
function madeUpCall(gpu: Gpu, shape: GemmShape): { call: GemmCall; release: () => void } {
  const { slots, taps, inChannels, outChannels } = shape;
  const rows = Math.max(1, Math.ceil(slots / taps));
  const floats = (label: string, count: number) => gpu.buffer(`measured ${label}`, 4 * count);
  const gather = gpu.upload(
    'measured pairs',
    Uint32Array.from({ length: slots }, (_, s) => s % rows),
  );
  const tileTap = gpu.upload(
    'measured taps',
    Uint32Array.from({ length: Math.ceil(slots / PAIR_TILE) }, (_, t) =>
      Math.min(taps - 1, Math.floor((t * PAIR_TILE) / rows)),
    ),
  );
  const x = floats('rows', rows * inChannels);
  const w = floats('weights', taps * inChannels * outChannels);
  const y = floats('products', slots * outChannels);
  const dense = !shape.products && taps === 1;
  return {
    call: {
      ...shape,
      x,
      w,
      y,
      gather: dense ? null : gather,
      write: shape.products ? null : gather,
      tileTap,
      flip: false,
      rows: !shape.products,
      epilogue: null,
      columnStart: 0,
      columns: outChannels / 4,
    },
    release: () => gpu.release(gather, tileTap, x, w, y),
  };
}
