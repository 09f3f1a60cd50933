/** What is written is read back: the offsets a user exports are the ones a colleague opens. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PointCloud } from '../core/types.ts';
import { parseNpyHeader } from './npyHeader.ts';
import { readScan } from './readScan.ts';
import { writeNpy } from './writeNpy.ts';
import { writePcd } from './writePcd.ts';
import { writePly } from './writePly.ts';

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
