/**
 * Every scan file of the shared collection against what independent readers found in it (data/expected.json
 * and its notes): counts, bounds, and for files that hold no points a clear refusal.
 */

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { SHARED } from '../testing/golden.ts';
import { readScan } from './readScan.ts';

interface Expected {
  readonly file: string;
  readonly note?: string;
  readonly result: {
    readonly fmt?: string;
    readonly error?: string;
    readonly vertices?: number;
    readonly unique_vertices?: number;
    readonly numeric_rows?: number;
    readonly nonfinite?: number;
    readonly unparsable_v?: number;
    readonly faces?: number;
    readonly tris_after_fan?: number;
    readonly bounds?: readonly (readonly number[])[];
  };
}

const DATA = join(SHARED, 'data');
const FORMATS = /\.(pcd|ply|obj|stl|off|npy|xyz|xyzn|txt|csv|pts|asc|ptx|bin|las)$/i;
const entries = (JSON.parse(readFileSync(join(DATA, 'expected.json'), 'utf8')) as Expected[]).filter((e) =>
  FORMATS.test(e.file),
);

/** Files without usable points, and what the message must speak of. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'brisk_descriptors_gt.pcd': /no fields x, y and z/,
  'stereo_left.pcd': /no fields x, y and z/,
  'missingheader.pcd': /header/,
  'no_vertex.obj': /no points/,
  'empty.obj': /no points/,
  'obj_empty.obj': /no points/,
  'invalid-relative-texture-index.obj': /no points/,
  'invalid-relative-vertex-index.obj': /no points/,
  'no_vertex.ply': /no vertex element/,
  'sized_dims.ply': /no x, y and z/,
  'ply_empty_ascii.ply': /no points/,
  'ply_empty_header.ply': /no vertex element/,
  'empty.ply': /no points/,
  'empty.off': /no points/,
  'OutOfMemory.off': /353535235358 vertices/,
  'stl_empty_ascii.stl': /no points/,
  'test_empty_ascii.stl': /no points/,
  'text.txt': /no points/,
  'ripple.ptx': /PTX/,
  'diamond.bin': /binary data/,
  '2D_oneBox.csv': /2 columns/,
  'no-points.las': /no points/,
};

/**
 * Triangles where the entry counts otherwise, or nothing: polygons instead of triangles (L, fandisk_quads),
 * strips, a face that refers to index 0, and fuze_ascii, whose rows are longer than declared: the other
 * reader ran on into the next row, assimp agrees with 1000.
 */
const TRIANGLES: Readonly<Record<string, number>> = {
  'L.off': 4,
  'fandisk_quads.off': 1528,
  'elephant.ply': 39290,
  'issue-140-zero-face-idx.obj': 1,
  'fuze_ascii.ply': 1000,
};

/** The entry counts what the header declares; the file ends inside the last record, and its bounds are of the others. */
const WHOLE_RECORDS: Readonly<Record<string, number>> = { 'garbage_nVariableLength.las': 718 };

function read(file: string) {
  return readScan(basename(file), new Uint8Array(readFileSync(join(DATA, file))));
}

function boundsOf(file: string): number[][] {
  const { positions, origin } = read(file).cloud;
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    const k = i % 3;
    const value = positions[i]! + origin[k]!;
    if (value < min[k]!) min[k] = value;
    if (value > max[k]!) max[k] = value;
  }
  return [min, max];
}

function isRefused({ file }: Expected): boolean {
  // The label arrays beside the anomaly sheets are no points.
  return Object.hasOwn(REFUSED, basename(file)) || /true label/.test(file);
}

/** tristrips of this bunny, not of the ordinary mesh of the same name */
function triangles(entry: Expected): number {
  const name = basename(entry.file);
  if (entry.file.includes('loaders.gl/modules/ply') && name === 'bunny.ply') return 69451;
  return TRIANGLES[name] ?? entry.result.tris_after_fan ?? entry.result.faces ?? 0;
}

describe('readable files', () => {
  test.each(entries.filter((e) => !isRefused(e)))('$file', (entry) => {
    const { result } = entry;
    const { report, cloud, totalRows, keptRows } = read(entry.file);
    const rows =
      WHOLE_RECORDS[basename(entry.file)] ?? result.vertices ?? result.unique_vertices ?? result.numeric_rows;
    if (rows !== undefined) expect(report.points).toBe(rows - (result.nonfinite ?? 0));
    expect(report.format).toBe(result.fmt);
    expect(report.faces).toBe(triangles(entry));
    expect(report.skipped).toBe(result.unparsable_v ?? 0);
    expect(report.points + report.nan + report.skipped).toBe(totalRows);
    expect(keptRows?.length ?? totalRows).toBe(report.points);
    expect(cloud.positions.length).toBe(report.points * 3);
    if (result.bounds === undefined) return;
    const size = Math.max(...result.bounds[1]!.map((m, k) => m - result.bounds![0]![k]!));
    const bounds = boundsOf(entry.file);
    // A hundred-thousandth of the extent, however far from zero: float32 alone would not do for UTM.
    for (const end of [0, 1])
      for (const axis of [0, 1, 2])
        expect(Math.abs(bounds[end]![axis]! - result.bounds[end]![axis]!)).toBeLessThanOrEqual(
          1e-5 * size + 1e-9,
        );
  });
});

describe('files without points are refused with a reason', () => {
  test.each(entries.filter(isRefused))('$file', ({ file }) => {
    const reason = REFUSED[basename(file)] ?? /no points/;
    expect(() => read(file)).toThrow(FormatError);
    expect(() => read(file)).toThrow(reason);
  });
});

describe('what the notes ask for', () => {
  const load = (name: string) => read(entries.find((e) => basename(e.file) === name)!.file);

  test('packed colours: as U32, as float bits, alpha ignored', () => {
    expect([...load('colored_cloud.pcd').cloud.colours!.subarray(0, 3)]).toEqual([0x6c, 0x6d, 0x69]);
    expect([...load('five_people.pcd').cloud.colours!.subarray(0, 3)]).not.toEqual([0, 0, 0]);
    expect([...load('pcl_logo.pcd').cloud.colours!.subarray(0, 3)]).toEqual([0x80, 0x80, 0x80]);
  });

  test('UTM coordinates keep their centimetres', () => {
    const { cloud } = load('utm17_space.pcd');
    expect(cloud.positions[1]! + cloud.origin[1]).toBeCloseTo(4320978.61, 4);
  });

  test('normals, curvature and further fields', () => {
    const { cloud } = load('bun0.pcd');
    expect(cloud.normals).not.toBeNull();
    expect(Object.keys(cloud.attributes)).toEqual(['curvature']);
    expect(Object.keys(load('learn0.pcd').cloud.attributes)).toEqual(['label']);
    expect(load('autzen-utm.pcd').cloud.colours).not.toBeNull();
  });

  test('unreadable rows and lying counts are told', () => {
    expect(load('number_formats.obj').report.warnings.join()).toMatch(/6 vertex lines .* line 11/);
    expect(load('bunny_8.pts').report.warnings.join()).toMatch(/declares 8 points, 9 rows/);
    expect(load('notenoughindices.obj').report.warnings.join()).toMatch(/fewer than 3 corners/);
    expect(load('issue-140-zero-face-idx.obj').report.warnings.join()).toMatch(/invalid indices/);
    expect(load('Wuson.ply').report.warnings.join()).toMatch(/line 3/);
  });

  test('the first data byte 0x0A is data', () => {
    expect(load('cube_binary_starts_with_nl.ply').cloud.positions[0]).toBeCloseTo(5.967534, 5);
  });

  test('nameless columns of text', () => {
    const ripple = load('ripple.txt').cloud;
    expect(ripple.normals).not.toBeNull();
    expect([...ripple.colours!.subarray(0, 3)]).toEqual([10, 119, 55]);
    expect(Object.keys(load('ripple.pts').cloud.attributes)).toEqual(['intensity']);
    expect([...load('ripple.pts').cloud.colours!.subarray(0, 3)]).toEqual([10, 119, 55]);
  });

  test('vertex normals of an OBJ only where they are one to one', () => {
    expect(load('1.2-with-color.obj').cloud.normals).not.toBeNull();
    expect(load('cube-vertex-colors.obj').cloud.normals).toBeNull();
    expect(load('skull_low_resolution.obj').cloud.normals).toBeNull();
  });
});
