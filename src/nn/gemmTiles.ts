/**
 * Which kernel and tile multiplies the pairs of a sparse convolution fastest on this adapter. All of them give
 * the same bits (`shaders/shared/gemm_tile`), so measuring may decide at any time and change nothing but speed.
 */

/** A way to run the pair GEMM: out of registers, or staged through workgroup memory. */
export interface GemmTile {
  readonly kernel: 'registers' | 'staged';
  /** Rows and vec4 columns of one thread; a staged tile has 8 rows and 1 or 2 columns. */
  readonly rows: 8 | 16;
  readonly columns: 1 | 2 | 4;
}

/** What decides about the speed of a GEMM. */
export interface GemmShape {
  /** Pair slots, or rows of a dense layer. */
  readonly slots: number;
  readonly taps: number;
  /** Reduction and output channels. */
  readonly inChannels: number;
  readonly outChannels: number;
  readonly transpose: boolean;
  /** Writes the product buffer, not rows: only then is there a staged form. */
  readonly products: boolean;
}

/** Remembers what was measured; a `Map` will do. Keys hold the adapter's name. */
export interface TileMemory {
  get(key: string): GemmTile | undefined;
  set(key: string, tile: GemmTile): unknown;
}

const tile = (kernel: GemmTile['kernel'], rows: 8 | 16, columns: 1 | 2 | 4): GemmTile => ({
  kernel,
  rows,
  columns,
});

/** log2 of the slots, rounded up. Beyond 2^15 a GPU is full, and time grows with the slots for every tile. */
function sizeBucket(slots: number): number {
  return Math.min(15, Math.max(9, Math.ceil(Math.log2(Math.max(1, slots)))));
}

/** The largest shape of the same bucket that is worth measuring. */
function measuredShape(shape: GemmShape): GemmShape {
  return { ...shape, slots: 2 ** sizeBucket(shape.slots) };
}

/** Columns a thread may take without computing mostly what is dropped. */
function widest(outChannels: number): 1 | 2 | 4 {
  const columns = outChannels / 4;
  return columns >= 4 ? 4 : columns >= 2 ? 2 : 1;
}

/** Multiply-adds from which the largest tile wins back on a software adapter what compiling it takes, 1 s. */
const LARGE_WORK = 2 ** 25;

/**
 * Before anything was measured, and for good on a software adapter: there every load is expensive and no
 * register is, so the largest tile wins, and workgroup memory is 2 to 3 times slower (docs/benchmarks.md).
 */
export function usualTile(shape: GemmShape, software: boolean): GemmTile {
  const { slots, taps, inChannels, outChannels } = shape;
  const most = widest(outChannels);
  // Few pairs a tap would leave most rows of a tall tile empty.
  const large = slots * inChannels * outChannels >= LARGE_WORK && slots >= 64 * taps;
  if (software && large && most === 4) return tile('registers', 16, 4);
  return tile('registers', 8, most > 1 ? 2 : 1);
}

/** What is worth measuring on a GPU: larger tiles than these no longer fit its registers. */
function candidates(shape: GemmShape): readonly GemmTile[] {
  if (widest(shape.outChannels) === 1) return [tile('registers', 8, 1)];
  const own = [tile('registers', 8, 1), tile('registers', 8, 2)];
  return shape.products ? [...own, tile('staged', 8, 1), tile('staged', 8, 2)] : own;
}

/** Runs of one candidate; the fastest counts, because whatever disturbs a run makes it slower. */
const MEASURED_RUNS = 3;

export class GemmTuner {
  private readonly adapter: string;
  private readonly software: boolean;
  private readonly measure: (shape: GemmShape, tile: GemmTile) => Promise<number>;
  private readonly memory: TileMemory;
  /** Shapes that were asked for and are not measured yet, by key. */
  private readonly waiting = new Map<string, GemmShape>();

  /** @param measure milliseconds of one run */
  constructor(
    adapter: { readonly name: string; readonly software: boolean },
    measure: (shape: GemmShape, tile: GemmTile) => Promise<number>,
    memory: TileMemory = new Map(),
  ) {
    this.adapter = adapter.name;
    this.software = adapter.software;
    this.measure = measure;
    this.memory = memory;
  }

  choose(shape: GemmShape): GemmTile {
    const key = this.key(shape);
    const known = this.memory.get(key);
    if (known !== undefined) return known;
    if (this.software) return usualTile(shape, true);
    this.waiting.set(key, shape);
    return usualTile(shape, false);
  }

  /** Measures shapes that were asked for, for about so long; the rest stays for the next call. */
  async tune(budgetMs: number): Promise<void> {
    const end = performance.now() + budgetMs;
    for (const [key, shape] of this.waiting) {
      if (performance.now() > end) return;
      this.waiting.delete(key);
      this.memory.set(key, await this.fastest(measuredShape(shape)));
    }
  }

  private async fastest(shape: GemmShape): Promise<GemmTile> {
    let best = usualTile(shape, false);
    const tiles = candidates(shape);
    if (tiles.length === 1) return best;
    let least = Number.POSITIVE_INFINITY;
    for (const each of tiles) {
      // The first run compiles.
      await this.measure(shape, each);
      for (let i = 0; i < MEASURED_RUNS; i++) {
        const time = await this.measure(shape, each);
        if (time < least) [least, best] = [time, each];
      }
    }
    return best;
  }

  private key({ slots, inChannels, outChannels, transpose, products }: GemmShape): string {
    const how = `${transpose ? 'transposed' : 'plain'} ${products ? 'products' : 'rows'}`;
    return `${this.adapter}: 2^${sizeBucket(slots)} slots, ${inChannels} -> ${outChannels}, ${how}`;
  }
}
