import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from './errors.ts';
import { drawPlan, normAs, patchShift } from './normAs.ts';
import { type SynthesisConfig, TRAINING_PRESETS } from './presets.ts';
import { RandomStream } from './random.ts';
import { randomDirection } from './rotation.ts';

const { paper, released, studio } = TRAINING_PRESETS;

/** A unit sphere: the normal is the point. */
function sphere(n: number, seed = 1): Float64Array {
  const stream = new RandomStream(seed);
  return Float64Array.from(Array.from({ length: n }, () => randomDirection(stream)).flat());
}

const lengthAt = (rows: ArrayLike<number>, i: number): number =>
  Math.hypot(rows[3 * i]!, rows[3 * i + 1]!, rows[3 * i + 2]!);

const synthesis = fc
  .record({
    patches: fc.integer({ min: 2, max: 70 }),
    moved: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    drawnFrom: fc.constantFrom('all' as const, 'firstHalf' as const),
    direction: fc.constantFrom('normal' as const, 'absoluteNormal' as const, 'random' as const),
    beta: fc.tuple(
      fc.double({ min: 0.01, max: 0.1, noNaN: true }),
      fc.double({ min: 0.1, max: 0.3, noNaN: true }),
    ),
  })
  .map(({ patches, moved, drawnFrom, direction, beta }): SynthesisConfig => {
    const drawable = drawnFrom === 'all' ? patches : Math.floor(patches / 2);
    const limited = moved.map((count) => Math.min(count, drawable)).sort((a, b) => a - b);
    return { defects: null, patches, movedPatches: [limited[0]!, limited[1]!], drawnFrom, direction, beta };
  });

describe('a pseudo-anomalous sample', () => {
  test('moves only its patch, never further than beta, and its target is the exact difference', () => {
    fc.assert(
      fc.property(synthesis, fc.integer({ min: 0, max: 0xffffffff }), (config, seed) => {
        const points = sphere(300);
        const sample = normAs(points, points, config, seed);
        const size = Math.floor(300 / config.patches);
        const count = sample.patch.length / size;
        expect(Number.isInteger(count)).toBe(true);
        expect(count).toBeGreaterThanOrEqual(config.movedPatches[0]);
        expect(count).toBeLessThanOrEqual(config.movedPatches[1]);
        const inPatch = new Set(sample.patch);
        expect(inPatch.size).toBe(sample.patch.length);
        let longest = 0;
        let unexplained = 0;
        for (let i = 0; i < 300; i++) {
          const length = lengthAt(sample.targetOffsets, i);
          longest = Math.max(longest, length);
          if (!inPatch.has(i) && length > 0) unexplained++;
          for (let at = 3 * i; at < 3 * i + 3; at++)
            if (Math.abs(sample.points[at]! - sample.targetOffsets[at]! - points[at]!) > 1e-6) unexplained++;
        }
        expect(unexplained).toBe(0);
        expect(longest).toBeGreaterThan(0);
        // Half an ulp of float32 coordinates up to 1.3 on each axis.
        expect(longest).toBeLessThanOrEqual(config.beta[1] + 2.5e-7);
      }),
      { numRuns: 60 },
    );
  });

  test('is the same to the bit for the same seed, and another for another', () => {
    const points = sphere(2000);
    const [a, b, c] = [7, 7, 8].map((seed) => normAs(points, points, studio.synthesis, seed));
    expect(a).toEqual(b);
    expect(a!.targetOffsets).not.toEqual(c!.targetOffsets);
  });

  test('cuts no patch beyond the moved ones', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { ranks, moves } = drawPlan(6400, paper.synthesis, seed);
      expect(ranks.length).toBe(moves[0]!.patch + 1);
    }
  });

  test('pushes along the signed normal in the paper, into one octant in the released code', () => {
    const points = sphere(1280);
    for (let seed = 0; seed < 10; seed++) {
      const out = normAs(points, points, paper.synthesis, seed);
      const signs = new Set<number>();
      for (const row of out.patch) {
        const dot = [0, 1, 2].reduce((s, d) => s + out.targetOffsets[3 * row + d]! * points[3 * row + d]!, 0);
        const length = lengthAt(out.targetOffsets, row);
        if (length < 1e-3) continue;
        expect(Math.abs(dot)).toBeCloseTo(length, 4);
        signs.add(Math.sign(dot));
      }
      expect(signs.size).toBe(1);
      const octant = normAs(points, points, released.synthesis, seed).targetOffsets.filter((v) => v !== 0);
      expect(new Set(Array.from(octant, Math.sign)).size).toBe(1);
    }
  });

  test('draws every patch in the paper and only the first half in the released code', () => {
    const drawn = (config: SynthesisConfig): Set<number> =>
      new Set(
        Array.from({ length: 1500 }, (_, seed) =>
          drawPlan(128, config, seed).moves.map((move) => move.patch),
        ).flat(),
      );
    expect(drawn(paper.synthesis).size).toBe(64);
    expect(Math.max(...drawn(released.synthesis))).toBe(31);
    expect(drawn(released.synthesis).size).toBe(32);
  });

  test('a cloud with fewer than two points a patch is refused', () => {
    const points = sphere(127);
    expect(() => normAs(points, points, paper.synthesis, 0)).toThrow(InvalidInputError);
  });
});

test('a patch whose points all coincide moves as a whole instead of becoming NaN', () => {
  const points = new Float64Array(12);
  const normals = Float64Array.from({ length: 12 }, (_, i) => (i % 3 === 2 ? 1 : 0));
  for (const direction of ['normal', 'absoluteNormal'] as const) {
    const shift = patchShift(points, normals, Uint32Array.of(0, 1, 2, 3), [0, 0, 0], {
      direction,
      alpha: -1,
      beta: 0.1,
      axis: [1, 0, 0],
    });
    expect([shift[2], shift[5], shift[8], shift[11]]).toEqual([-0.1, -0.1, -0.1, -0.1]);
  }
});
