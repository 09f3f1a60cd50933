/** LAS files as other programs write them: georeferenced, of every point format, cut off, or lying. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { readScan } from './readScan.ts';

const LENGTHS = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67];

interface Point {
  readonly xyz: readonly [number, number, number];
  readonly intensity: number;
  readonly rgb: readonly [number, number, number];
}

/** Written field by field after the specification, not with the reader's own tables. */
function las(pointFormat: number, points: readonly Point[], extra = 0): Uint8Array {
  const recordLength = LENGTHS[pointFormat]! + extra;
  const bytes = new Uint8Array(375 + recordLength * points.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('LASF'));
  bytes.set([1, pointFormat >= 6 ? 4 : 2], 24);
  view.setUint16(94, 375, true);
  view.setUint32(96, 375, true);
  bytes[104] = pointFormat;
  view.setUint16(105, recordLength, true);
  if (pointFormat >= 6) view.setBigUint64(247, BigInt(points.length), true);
  else view.setUint32(107, points.length, true);
  for (let axis = 0; axis < 3; axis++) {
    view.setFloat64(131 + 8 * axis, 0.01, true);
    view.setFloat64(155 + 8 * axis, [500_000, 4_000_000, 100][axis]!, true);
  }
  points.forEach(({ xyz, intensity, rgb }, i) => {
    const at = 375 + i * recordLength;
    for (const axis of [0, 1, 2]) view.setInt32(at + 4 * axis, xyz[axis]!, true);
    view.setUint16(at + 12, intensity, true);
    const colour = { 2: 20, 3: 28, 5: 28, 7: 30, 8: 30, 10: 30 }[pointFormat];
    if (colour !== undefined) for (const c of [0, 1, 2]) view.setUint16(at + colour + 2 * c, rgb[c]!, true);
  });
  return bytes;
}

const whole = fc.integer({ min: -2_000_000, max: 2_000_000 });
const word = fc.integer({ min: 256, max: 65535 });
const point: fc.Arbitrary<Point> = fc.record({
  xyz: fc.tuple(whole, whole, whole),
  intensity: fc.integer({ min: 0, max: 65535 }),
  rgb: fc.tuple(word, word, word),
});

describe('LAS', () => {
  it.each(LENGTHS.map((_, format) => format))(
    'point format %d keeps coordinates, intensity and colours',
    (format) => {
      fc.assert(
        fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), fc.nat(5), (points, extra) => {
          const { cloud, report } = readScan('a.las', las(format, points, extra));
          expect(report.format).toBe(`LAS 1.${format >= 6 ? 4 : 2} PDRF ${format}`);
          points.forEach(({ xyz, intensity, rgb }, i) => {
            xyz.forEach((value, axis) => {
              const wanted = value * 0.01 + [500_000, 4_000_000, 100][axis]!;
              // Float32 beside a float64 origin: a millionth of the extent.
              expect(Math.abs(cloud.positions[3 * i + axis]! + cloud.origin[axis]! - wanted)).toBeLessThan(
                0.01,
              );
            });
            expect(cloud.attributes.intensity![i]).toBe(intensity);
            if (cloud.colours !== null)
              expect([...cloud.colours.subarray(3 * i, 3 * i + 3)]).toEqual(rgb.map((value) => value >> 8));
          });
        }),
        { numRuns: 20 },
      );
    },
  );

  const two: Point[] = [
    { xyz: [1, 2, 3], intensity: 7, rgb: [1, 2, 3] },
    { xyz: [4, 5, 6], intensity: 8, rgb: [4, 5, 6] },
  ];

  it('that is cut off gives the whole points and says so', () => {
    const bytes = las(2, two);
    const { report } = readScan('a.las', bytes.subarray(0, bytes.length - 15));
    expect(report.points).toBe(1);
    expect(report.warnings.join()).toMatch(/declares 2 points, 1 whole/);
  });

  it('with eight-bit colours keeps them', () => {
    expect([...readScan('a.las', las(2, two)).cloud.colours!]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it.each([
    ['an unknown point format', (bytes: Uint8Array) => bytes.fill(31, 104, 105), /point format 31/],
    [
      'records that are too short',
      (bytes: Uint8Array) => bytes.fill(3, 105, 106).fill(0, 106, 107),
      /too short/,
    ],
    ['a scale of zero', (bytes: Uint8Array) => bytes.fill(0, 131, 155), /scale/],
    ['compressed points', (bytes: Uint8Array) => bytes.fill(0x82, 104, 105), /LAZ/],
    ['another major version', (bytes: Uint8Array) => bytes.fill(9, 24, 25), /version 9/],
  ])('with %s is refused with the reason', (_, damage, why) => {
    expect(() => readScan('a.las', damage(las(2, two)))).toThrow(FormatError);
    expect(() => readScan('a.las', damage(las(2, two)))).toThrow(why);
  });

  it('damaged anywhere is read or refused, never a crash', () => {
    const bytes = las(3, two);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          readScan('a.las', damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
