/** E57 files of every packing, with poses, marks of invalid points, damage and lies. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { type E57TestField, type E57TestScan, e57File } from '../testing/e57File.ts';
import { bytesSource } from './byteSource.ts';
import { openScan } from './openScan.ts';

const open = (scans: readonly E57TestScan[], slice?: number) =>
  openScan('a.e57', bytesSource(e57File(scans, slice)));

const doubles = (name: string, ...values: number[]): E57TestField => ({ name, type: 'Float', values });
const xyz = (...points: [number, number, number][]): E57TestField[] =>
  ['X', 'Y', 'Z'].map((axis, k) => doubles(`cartesian${axis}`, ...points.map((point) => point[k]!)));

describe('E57', () => {
  it('integers of any number of bits come back, however packets cut them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 64 }),
        fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        async (bits, minimum, raw, slice) => {
          const range = 2n ** BigInt(bits) - 1n;
          const values = raw.map((value) => minimum + (value & range));
          const field: E57TestField = {
            name: 'value',
            type: 'Integer',
            minimum,
            maximum: minimum + range,
            values,
          };
          const places = values.map((_, i): [number, number, number] => [i, 0, 1]);
          const { cloud } = await open([{ fields: [...xyz(...places), field] }], slice);
          expect([...cloud.attributes.value!]).toEqual(values.map((value) => Math.fround(Number(value))));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('scaled integers far from zero keep their precision', async () => {
    const scaled = (name: string, offset: number, values: number[]): E57TestField => ({
      name,
      type: 'ScaledInteger',
      minimum: -1_000_000n,
      maximum: 1_000_000n,
      scale: 0.001,
      offset,
      values,
    });
    const fields = [
      scaled('cartesianX', 500_000, [0, 1, 2]),
      scaled('cartesianY', 4_000_000, [5, 6, 9]),
      scaled('cartesianZ', 100, [-3, 0, 3]),
    ];
    const { cloud } = await open([{ fields }]);
    const y = [0, 1, 2].map((i) => cloud.positions[3 * i + 1]! + cloud.origin[1]);
    [4_000_000.005, 4_000_000.006, 4_000_000.009].forEach((wanted, i) => {
      expect(y[i]).toBeCloseTo(wanted, 6);
    });
  });

  it('a value that can only be one takes no bits', async () => {
    const constant: E57TestField = {
      name: 'returnIndex',
      type: 'Integer',
      minimum: 7n,
      maximum: 7n,
      values: [7, 7],
    };
    const { cloud } = await open([{ fields: [...xyz([0, 0, 1], [1, 0, 0]), constant] }]);
    expect([...cloud.attributes.return_number!]).toEqual([7, 7]);
  });

  it('spherical coordinates, colours by their limits, normals turned with the scanner', async () => {
    const colour = (name: string, value: number): E57TestField => ({
      name,
      type: 'Integer',
      minimum: 0n,
      maximum: 65535n,
      values: [value],
    });
    const turned =
      '<pose type="Structure"><rotation type="Structure"><w type="Float">0.7071067811865476</w><x type="Float">0</x><y type="Float">0</y><z type="Float">0.7071067811865476</z></rotation><translation type="Structure"><x type="Float">10</x><y type="Float">0</y><z type="Float"/></translation></pose>';
    const { cloud, report } = await open([
      {
        pose: turned,
        fields: [
          doubles('sphericalRange', 2),
          doubles('sphericalAzimuth', 0),
          doubles('sphericalElevation', Math.PI / 6),
          colour('colorRed', 65535),
          colour('colorGreen', 0),
          colour('colorBlue', 32768),
          doubles('nor:normalX', 1),
          doubles('nor:normalY', 0),
          doubles('nor:normalZ', 0),
        ],
      },
    ]);
    expect(report.format).toBe('E57 1.0');
    const place = [0, 1, 2].map((k) => cloud.positions[k]! + cloud.origin[k]!);
    [10, Math.sqrt(3), 1].forEach((wanted, k) => {
      expect(place[k]).toBeCloseTo(wanted, 5);
    });
    expect([...cloud.colours!]).toEqual([255, 0, 128]);
    expect(cloud.normals![1]).toBeCloseTo(1, 6);
  });

  it('points that the scanner marks as invalid are left out, scans are merged and numbered', async () => {
    const state: E57TestField = {
      name: 'cartesianInvalidState',
      type: 'Integer',
      minimum: 0n,
      maximum: 2n,
      values: [0, 2, 0],
    };
    const { cloud, report, keptRows } = await open([
      { fields: [...xyz([0, 0, 1], [9, 9, 9], [0, 1, 0]), state] },
      { fields: [...xyz([1, 0, 0]), doubles('intensity', 0.5)] },
    ]);
    expect(report).toMatchObject({ points: 3, nan: 1 });
    expect(report.warnings.join()).toMatch(/scan 0: 1 points are marked as invalid/);
    expect([...keptRows!]).toEqual([0, 2, 3]);
    expect(cloud.attributes).toEqual({
      intensity: Float32Array.of(Number.NaN, Number.NaN, 0.5),
      scan: Float32Array.of(0, 0, 1),
    });
  });

  it.each([
    [
      'more points than its section can hold',
      [{ fields: xyz([0, 0, 1]), records: 4_000_000_000 }],
      /4000000000 points/,
    ],
    ['no coordinates', [{ fields: [doubles('intensity', 1)] }], /no coordinates.*intensity/],
    ['no scans', [], /no points/],
  ])('with %s is refused', async (_, scans: readonly E57TestScan[], why) => {
    await expect(open(scans)).rejects.toThrow(FormatError);
    await expect(open(scans)).rejects.toThrow(why);
  });

  it('a flipped bit is noticed wherever points or description are', async () => {
    const good = e57File([{ fields: xyz([0, 0, 1], [0, 1, 0]) }]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 48, max: good.length - 1 }), fc.nat(7), async (at, bit) => {
        const bad = good.slice();
        bad[at]! ^= 1 << bit;
        await expect(openScan('a.e57', bytesSource(bad))).rejects.toThrow(/checksum/);
      }),
      { numRuns: 60 },
    );
  });

  it('cut off or damaged with a right checksum it is read or refused, never a crash', async () => {
    const good = e57File([{ fields: xyz([0, 0, 1], [0, 1, 0]) }]);
    const damaged = (bytes: Uint8Array) =>
      openScan('a.e57', bytesSource(bytes)).then(
        ({ report }) => expect(report.points).toBeLessThan(3),
        (error: unknown) => expect(error).toBeInstanceOf(FormatError),
      );
    for (let length = 8; length < good.length; length += 97) await damaged(good.subarray(0, length));
    await fc.assert(
      fc.asyncProperty(fc.nat(47), fc.nat(255), async (at, byte) => {
        const bad = good.slice();
        bad[at] = byte;
        await damaged(at < 8 ? good : bad);
      }),
      { numRuns: 100 },
    );
  });
});
