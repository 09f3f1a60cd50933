/** What is written is read back: the offsets a user exports are the ones a colleague opens. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PointCloud } from '../core/types.ts';
import { parseNpyHeader } from './npyHeader.ts';
import { readScan } from './readScan.ts';
import { writeNpy, writeNpyPoints } from './writeNpy.ts';
import { writePcd } from './writePcd.ts';
import { writePly } from './writePly.ts';
import { writeText } from './writeText.ts';

const coordinate = fc.float({ noNaN: true, min: -1000, max: 1000 });
const f32 = fc.float({ noNaN: true, noDefaultInfinity: true });
const many = <T>(item: fc.Arbitrary<T>, length: number) =>
  fc.array(item, { minLength: length, maxLength: length });

/** Clouds with and without every optional part, near zero or in UTM. */
const clouds: fc.Arbitrary<PointCloud> = fc.integer({ min: 3, max: 20 }).chain((n) =>
  fc.record({
    id: fc.constant('x'),
    name: fc.constant('x'),
    positions: many(coordinate, 3 * n).map((v) => Float32Array.from(v)),
    origin: fc.constantFrom<PointCloud['origin']>([0, 0, 0], [493824, 5420544, 256]),
    normals: fc.option(fc.constant(Float32Array.from({ length: 3 * n }, (_, i) => (i % 3 === 1 ? -1 : 0)))),
    colours: fc.option(many(fc.nat(255), 3 * n).map((v) => Uint8Array.from(v))),
    faces: fc.option(
      fc
        .array(fc.nat(n - 1), { minLength: 3, maxLength: 12 })
        .map((v) => Uint32Array.from(v.slice(0, v.length - (v.length % 3)))),
    ),
    attributes: many(f32, n).map((v) => ({ score: Float32Array.from(v) })),
  }),
);

function expectSame(bytes: Uint8Array, file: string, cloud: PointCloud, withFaces: boolean): void {
  const { cloud: back, report } = readScan(file, bytes);
  expect(report.warnings).toEqual([]);
  expect(back.positions.length).toBe(cloud.positions.length);
  const near = cloud.origin[0] === 0;
  for (let i = 0; i < cloud.positions.length; i++) {
    const written = cloud.positions[i]! + cloud.origin[i % 3]!;
    const read = back.positions[i]! + back.origin[i % 3]!;
    if (near && back.origin[0] === 0) expect(read).toBe(written + 0);
    else expect(Math.abs(read - written)).toBeLessThan(2e-4);
  }
  expect(back.normals).toEqual(cloud.normals);
  expect(back.colours).toEqual(cloud.colours);
  expect(back.faces).toEqual(withFaces ? cloud.faces : null);
  expect(Object.keys(back.attributes)).toEqual(Object.keys(cloud.attributes));
  for (const [name, values] of Object.entries(cloud.attributes))
    expect(Array.from(back.attributes[name]!, (v) => v + 0)).toEqual(Array.from(values, (v) => v + 0));
}

test('PLY holds positions, normals, colours, faces and scalars', () => {
  fc.assert(fc.property(clouds, (cloud) => expectSame(writePly(cloud), 'a.ply', cloud, true)));
});

test('PCD, binary and ascii, holds all but the faces', () => {
  fc.assert(
    fc.property(clouds, fc.constantFrom('binary' as const, 'ascii' as const), (cloud, encoding) =>
      expectSame(writePcd(cloud, { encoding }), 'a.pcd', cloud, false),
    ),
  );
});

const plain: PointCloud = {
  id: 'x',
  name: 'x',
  positions: Float32Array.of(0, 0, 0, 1, 2, 3),
  origin: [0, 0, 0],
  normals: null,
  colours: null,
  faces: null,
  attributes: { score: Float32Array.of(1, 2) },
};

test('further scalars come behind the attributes and replace those of the same name', () => {
  const scalars = { offset_x: Float32Array.of(5, 6), score: Float32Array.of(7, 8) };
  for (const [file, bytes] of [
    ['a.ply', writePly(plain, { scalars })],
    ['a.pcd', writePcd(plain, { scalars })],
  ] as const) {
    const { attributes } = readScan(file, bytes).cloud;
    expect(attributes).toEqual({ score: Float32Array.of(7, 8), offset_x: Float32Array.of(5, 6) });
  }
});

test('names that a header cannot hold are made single words, and unique', () => {
  const scalars = { 'my score': Float32Array.of(1, 2), x: Float32Array.of(3, 4) };
  const { cloud } = readScan('a.ply', writePly({ ...plain, attributes: {} }, { scalars }));
  expect(Object.keys(cloud.attributes)).toEqual(['my_score', 'x_2']);
  expect(cloud.positions).toEqual(plain.positions);
});

test('a scalar of another length is refused', () => {
  expect(() => writePly(plain, { scalars: { score: new Float32Array(3) } })).toThrow(/3 values for 2 points/);
  expect(() => writeNpy(new Float32Array(5), [2, 3])).toThrow(/do not fill/);
});

test('NPY is read back as points, and its data is aligned as NumPy writes it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.infiniteStream(coordinate), (n, stream) => {
      const data = Float32Array.from([...stream.take(3 * n)]);
      const bytes = writeNpy(data, [n, 3]);
      expect(parseNpyHeader('a.npy', bytes).bodyStart % 64).toBe(0);
      const { cloud } = readScan('a.npy', bytes);
      cloud.positions.forEach((v, i) => {
        expect(Math.abs(v + cloud.origin[i % 3]! - data[i]!)).toBeLessThan(1e-4);
      });
    }),
  );
});

/** Names that mean something of their own to a reader. */
const ROLES =
  /^(\/?[xyz]|[pn]?[xyz]|[rgba]|red|green|blue|rgba?|alpha|(diffuse|normal|pos|position|coord).*|.*(_|coord|points:\d).*|easting|northing|elevation|height)$/i;
const names = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom(
      'a b',
      'größe',
      '深さ',
      'a,b',
      'say "it"',
      'x;y',
      'tab\there',
      '1.5',
      'nan',
      "it's",
      'a]b',
    ),
  )
  .filter(
    (name) =>
      !ROLES.test(
        name
          .trim()
          .replace(/\s*[([].*$/, '')
          .trim(),
      ) && name !== '__proto__',
  );
const values = (n: number) => many(fc.float(), n).map((v) => Float32Array.from(v));

/** Clouds with values that are not finite under names of any kind. */
const odd = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.record({
    positions: many(coordinate, 3 * n).map((v) => Float32Array.from(v)),
    origin: fc.constantFrom<PointCloud['origin']>([0, 0, 0], [493824, 5420544, 256]),
    attributes: fc.dictionary(names, values(n), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  }),
);

const WRITERS = {
  'a.ply': (cloud: PointCloud) => writePly(cloud),
  'a.pcd': (cloud: PointCloud) => writePcd(cloud),
  'b.pcd': (cloud: PointCloud) => writePcd(cloud, { encoding: 'ascii' }),
  'a.npy': (cloud: PointCloud) => writeNpyPoints(cloud),
  'a.csv': (cloud: PointCloud) => writeText(cloud, { layout: 'csv' }),
  'a.xyz': (cloud: PointCloud) => writeText(cloud, { layout: 'xyz', comments: ['made by a test'] }),
} as const;

test.each(Object.entries(WRITERS))(
  '%s keeps every value, under names with blanks, quotes and letters of any language',
  (file, write) => {
    fc.assert(
      fc.property(odd, (parts) => {
        const cloud: PointCloud = { ...plain, ...parts };
        const { cloud: back, report } = readScan(file, write(cloud));
        expect(report).toMatchObject({ points: cloud.positions.length / 3, skipped: 0, nan: 0 });
        for (let i = 0; i < cloud.positions.length; i++) {
          const wanted = cloud.positions[i]! + cloud.origin[i % 3]!;
          expect(Math.abs(back.positions[i]! + back.origin[i % 3]! - wanted)).toBeLessThan(1e-4);
        }
        const read = Object.values(back.attributes);
        const written = Object.values(cloud.attributes);
        expect(read).toHaveLength(written.length);
        written.forEach((column, c) => {
          expect(Array.from(read[c]!, (v) => v + 0)).toEqual(Array.from(column, (v) => v + 0));
        });
      }),
      { numRuns: 150 },
    );
  },
);

test('CSV keeps the names themselves, XYZ and binary formats make them single words', () => {
  const attributes = {
    'a, "b"': Float32Array.of(1, 2),
    größe: Float32Array.of(3, 4),
    ' 7 ': Float32Array.of(5, 6),
  };
  const namesIn = (file: keyof typeof WRITERS) =>
    Object.keys(readScan(file, WRITERS[file]({ ...plain, attributes })).cloud.attributes);
  expect(namesIn('a.csv')).toEqual(['a, "b"', 'größe', 'scalar 7']);
  expect(namesIn('a.ply')).toEqual(['a,_"b"', 'gr_e', '_7_']);
});

test.each(Object.entries(WRITERS))(
  '%s: an empty cloud is written, and refused for having no points',
  (file, write) => {
    const bytes = write({
      ...plain,
      positions: new Float32Array(),
      attributes: { score: new Float32Array() },
    });
    expect(() => readScan(file, bytes)).toThrow(/no points/);
  },
);

test('text has the shortest digits that give the same float back', () => {
  const cloud: PointCloud = { ...plain, attributes: { score: Float32Array.of(0.1, Number.NaN) } };
  const rows = new TextDecoder().decode(writeText(cloud, { layout: 'csv' }));
  expect(rows).toBe('x,y,z,score\r\n0,0,0,0.1\r\n1,2,3,nan\r\n');
});

test('float64 arrays keep all their digits', () => {
  const data = Float64Array.of(493824.123456789, 5420544.987654321, 1, 493825, 5420545, 2);
  const { cloud } = readScan('a.npy', writeNpy(data, [2, 3]));
  expect(cloud.positions[0]! + cloud.origin[0]).toBeCloseTo(493824.123456789, 6);
});
