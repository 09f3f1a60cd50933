/** Scans are laid on a reference from any pose, and what cannot be is said. */

import { describe, expect, test } from 'vitest';
import { type MadeOptions, madePart, type PartName } from '../../testing/madePart.ts';
import { InvalidInputError } from '../errors.ts';
import type { OrientedCloud } from '../orientedCloud.ts';
import { RandomStream } from '../random.ts';
import { prepareTarget } from './alignTarget.ts';
import { aboutAxis, invertPose, moveCloud, moveRows, type Pose, randomRotation, thenMove } from './pose.ts';
import { register } from './register.ts';

const bracket = prepareTarget(madePart('bracket', { seed: 1, points: 4000 }));

function randomPose(seed: number): Pose {
  const stream = new RandomStream(seed);
  const shift = () => stream.range(-5, 5);
  return { rotation: randomRotation(stream), translation: [shift(), shift(), shift()] };
}

/** Largest distance of a point from where it was before it was moved and registered back. */
function error({ points }: OrientedCloud, there: Pose, back: Pose): number {
  const returned = moveRows(points, thenMove(there, back));
  let worst = 0;
  for (let i = 0; i < points.length; i += 3)
    worst = Math.max(
      worst,
      Math.hypot(
        returned[i]! - points[i]!,
        returned[i + 1]! - points[i + 1]!,
        returned[i + 2]! - points[i + 2]!,
      ),
    );
  return worst;
}

function scanOf(part: PartName, options: MadeOptions, pose: Pose) {
  const scan = madePart(part, options);
  const { pose: back, quality } = register(moveCloud(scan, pose), bracket);
  return { error: error(scan, pose, back), quality };
}

describe('a scan of the same part comes back from any pose', () => {
  const cases: readonly [string, MadeOptions][] = [
    ['another scan of it', { seed: 2 }],
    ['half as dense, noisier', { seed: 3, points: 1600, noise: 0.004 }],
    ['denser on one side', { seed: 4, keep: ([x]) => x! > 0 || Math.sin(997 * x!) > 0.6 }],
    ['two thirds of it', { seed: 5, points: 1800, keep: ([x]) => x! > -0.3 }],
    ['seen from above only', { seed: 6, points: 1800, keep: ([, , z]) => z! > -0.04 }],
    [
      'with a large bulge',
      { seed: 7, deform: ([x, y, z]) => [x!, y!, z! + (Math.hypot(x!, y!) < 0.25 ? 0.1 : 0)] },
    ],
  ];
  test.each(cases)('%s', (_, options) => {
    const { error: off, quality } = scanOf('bracket', options, randomPose(options.seed));
    expect(off).toBeLessThan(0.02);
    expect(quality).toMatchObject({ verdict: 'aligned', determined: true, unitFactor: 1, mirrored: false });
    expect(quality.overlap).toBeGreaterThan(0.85);
    expect(quality.words).toMatch(/^Aligned: .* median, \d+ % overlap\.$/);
  });

  test('and the same scan, seed and reference give the same pose', () => {
    const scan = moveCloud(madePart('bracket', { seed: 2 }), randomPose(1));
    expect(register(scan, bracket)).toEqual(register(scan, bracket));
  });
});

test('a symmetric part is laid on itself in one of the ways it fits', () => {
  const cross = prepareTarget(madePart('cross', { seed: 1, points: 4000 }));
  for (const seed of [2, 3, 4]) {
    const { quality } = register(moveCloud(madePart('cross', { seed }), randomPose(seed)), cross);
    expect(quality.overlap).toBeGreaterThan(0.97);
    expect(quality.medianResidual).toBeLessThan(0.004);
  }
});

test('of the ways in which a symmetric part fits, the one is taken that somebody pointed at', () => {
  const cross = prepareTarget(madePart('cross', { seed: 1, points: 4000 }));
  const scan = madePart('cross', { seed: 2 });
  const there = randomPose(2);
  for (const quarter of [0, 1]) {
    const turn = quarter * (Math.PI / 2);
    // Pointed at by hand: a few degrees and a tenth of the radius off.
    const roughly: Pose = { rotation: aboutAxis([0, 0, 1], turn + 0.1), translation: [0.06, -0.05, 0.04] };
    const exactly: Pose = { rotation: aboutAxis([0, 0, 1], turn), translation: [0, 0, 0] };
    const start = thenMove(invertPose(there), roughly);
    const { pose, quality } = register(moveCloud(scan, there), cross, { start });
    expect(quality.verdict).toBe('aligned');
    expect(error(scan, there, thenMove(pose, invertPose(exactly)))).toBeLessThan(0.02);
  }
});

describe('what has no pose is said', () => {
  test.each(['plane', 'sphere'] as const)('a %s can be moved in itself', (part) => {
    const target = prepareTarget(madePart(part, { seed: 1, points: 3000 }));
    const { quality } = register(moveCloud(madePart(part, { seed: 2 }), randomPose(2)), target);
    expect(quality.determined).toBe(false);
    expect(quality.free).toBe(3);
    expect(quality.words).toContain('not determined');
  });

  test('another part', () => {
    const { quality } = scanOf('knob', { seed: 2 }, randomPose(2));
    expect(quality.verdict).toBe('different');
    expect(quality.words).toContain('different parts');
  });

  test('the mirrored part', () => {
    const { quality } = scanOf('mirrored bracket', { seed: 2 }, randomPose(2));
    expect(quality).toMatchObject({ verdict: 'mirrored', mirrored: true });
    expect(quality.words).toContain('mirror image');
  });

  test.each([
    [1 / 1000, 'multiplied by 1000'],
    [25.4, 'divided by 25.4'],
  ])('another unit: a factor of %d is recognised, not applied silently', (factor, words) => {
    const scan = moveCloud(madePart('bracket', { seed: 2 }), randomPose(3));
    const { quality } = register({ ...scan, points: scan.points.map((v) => v * factor) }, bracket);
    expect(quality.verdict).toBe('other-unit');
    expect(quality.unitFactor * factor).toBeCloseTo(1, 6);
    expect(quality.words).toContain(words);
  });

  test('too few points', () => {
    const few = madePart('bracket', { seed: 2, points: 127 });
    expect(() => register(few, bracket)).toThrow(InvalidInputError);
    expect(() => prepareTarget(few)).toThrow('127 points');
  });
});
