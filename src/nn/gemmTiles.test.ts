import { describe, expect, it } from 'vitest';
import { type GemmShape, type GemmTile, GemmTuner, usualTile } from './gemmTiles.ts';

const SHAPE: GemmShape = {
  slots: 3000,
  taps: 27,
  inChannels: 64,
  outChannels: 64,
  transpose: false,
  products: true,
};
const GPU = { name: 'a GPU', software: false };

/** A GPU on which workgroup memory is fastest, and the first run of everything is slow. */
function measuring() {
  const measured: GemmShape[] = [];
  const seen = new Set<string>();
  const measure = async (shape: GemmShape, tile: GemmTile) => {
    measured.push(shape);
    const key = JSON.stringify([shape, tile]);
    const compiles = !seen.has(key);
    seen.add(key);
    return (tile.kernel === 'staged' ? 1 : 2) + 1 / tile.columns + (compiles ? 50 : 0);
  };
  return { measure, measured };
}

describe('the tile of a convolution', () => {
  it('is a usual one until it was measured, then the fastest, also for other clouds of about that size', async () => {
    const { measure } = measuring();
    const tuner = new GemmTuner(GPU, measure);
    expect(tuner.choose(SHAPE)).toEqual(usualTile(SHAPE, false));
    await tuner.tune(1000);
    expect(tuner.choose(SHAPE)).toEqual({ kernel: 'staged', rows: 8, columns: 2 });
    expect(tuner.choose({ ...SHAPE, slots: 3500 })).toEqual(tuner.choose(SHAPE));
  });

  it('is measured once, and not again by a tuner that remembers the same adapter', async () => {
    const { measure, measured } = measuring();
    const memory = new Map<string, GemmTile>();
    const first = new GemmTuner(GPU, measure, memory);
    first.choose(SHAPE);
    await first.tune(1000);
    const { length } = measured;
    expect(length).toBeGreaterThan(0);
    for (const tuner of [first, new GemmTuner(GPU, measure, memory)]) {
      tuner.choose(SHAPE);
      await tuner.tune(1000);
    }
    expect(measured).toHaveLength(length);
    const other = new GemmTuner({ ...GPU, name: 'another GPU' }, measure, memory);
    other.choose(SHAPE);
    await other.tune(1000);
    expect(measured).toHaveLength(2 * length);
  });

  it('writes rows out of registers: there is no other kernel for it', async () => {
    const { measure } = measuring();
    const tuner = new GemmTuner(GPU, measure);
    const rows = { ...SHAPE, products: false };
    tuner.choose(rows);
    await tuner.tune(1000);
    expect(tuner.choose(rows).kernel).toBe('registers');
  });

  it('waits for the next call when the time for measuring is over', async () => {
    const { measure, measured } = measuring();
    const tuner = new GemmTuner(GPU, measure);
    tuner.choose(SHAPE);
    await tuner.tune(-1);
    expect(measured).toHaveLength(0);
    await tuner.tune(1000);
    expect(measured.length).toBeGreaterThan(0);
  });

  it('needs no measuring on a software adapter, where it would take seconds', async () => {
    const { measure, measured } = measuring();
    const tuner = new GemmTuner({ name: 'SwiftShader', software: true }, measure);
    expect(tuner.choose({ ...SHAPE, slots: 50_000 })).toEqual({ kernel: 'registers', rows: 16, columns: 4 });
    expect(tuner.choose({ ...SHAPE, slots: 900 }).rows).toBe(8);
    await tuner.tune(1000);
    expect(measured).toHaveLength(0);
  });
});
