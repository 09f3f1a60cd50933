/**
 * Every scan file of the shared collection against what independent readers found in it (data/expected.json
 * and its notes): counts, bounds, and for files that hold no points a clear refusal.
 */

import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeLazDecoder } from '../cli/lazDecoder.ts';
import { FormatError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { SHARED } from '../testing/golden.ts';
import { blobSource } from './byteSource.ts';
import { openScan } from './openScan.ts';

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
    readonly header_bounds?: readonly (readonly number[])[];
    readonly scale?: readonly number[];
    readonly cartesianBounds?: Readonly<Record<string, string>>;
    readonly scans?: number;
  };
}

const DATA = join(SHARED, 'data');
const FORMATS = /\.(pcd|ply|obj|stl|off|npy|xyz|xyzn|txt|csv|pts|asc|ptx|bin|las|laz|e57)$/i;
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
  'diamond.bin': /binary data/,
  '2D_oneBox.csv': /2 columns/,
  'no-points.las': /no points/,
  'empty.e57': /no points/,
  // LASzip of 2007, which neither laz-perf nor laz-rs reads.
  'simple-laszip-compressor-version-1.2r0.laz': /compressor version of 1/,
  // Waveforms lie between the compressed points; no library for JavaScript reads them.
  'pdrf4-1.3.laz': /format 4 .*LASzip/,
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

/** The entry counts what the header declares; the first file ends inside its last record. */
const WHOLE_RECORDS: Readonly<Record<string, number>> = {
  'garbage_nVariableLength.las': 718,
  // Of its three points one has only a direction and one nothing, as the file itself says.
  'cartesian_invalid_state_single.e57': 1,
};

/** As the page does: out of a Blob, piece by piece where the format allows it. */
function read(file: string) {
  const name = basename(file);
  const source = blobSource(name, new Blob([readFileSync(join(DATA, file))]));
  return openScan(name, source, { lazDecoder: nodeLazDecoder });
}

function boundsOf({ positions, origin }: PointCloud): number[][] {
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

/** Of compressed and E57 files nobody else has read the points: there the header says where they lie. */
function expectedBounds({ bounds, header_bounds, cartesianBounds, scans }: Expected['result']) {
  if (bounds !== undefined) return bounds;
  if (header_bounds !== undefined) return header_bounds;
  if (cartesianBounds?.xMinimum === undefined || scans !== 1) return null;
  return ['Minimum', 'Maximum'].map((end) =>
    ['x', 'y', 'z'].map((axis) => Number(cartesianBounds[`${axis}${end}`])),
  );
}

/** tristrips of this bunny, not of the ordinary mesh of the same name */
function triangles(entry: Expected): number {
  const name = basename(entry.file);
  if (entry.file.includes('loaders.gl/modules/ply') && name === 'bunny.ply') return 69451;
  return TRIANGLES[name] ?? entry.result.tris_after_fan ?? entry.result.faces ?? 0;
}

describe('readable files', () => {
  test.each(entries.filter((e) => !isRefused(e)))('$file', async (entry) => {
    const { result } = entry;
    const { report, cloud, totalRows, keptRows } = await read(entry.file);
    const rows =
      WHOLE_RECORDS[basename(entry.file)] ?? result.vertices ?? result.unique_vertices ?? result.numeric_rows;
    if (rows !== undefined) expect(report.points).toBe(rows - (result.nonfinite ?? 0));
    expect(report.format).toBe(result.fmt);
    expect(report.faces).toBe(triangles(entry));
    expect(report.skipped).toBe(result.unparsable_v ?? 0);
    expect(report.points + report.nan + report.skipped).toBe(totalRows);
    expect(keptRows?.length ?? totalRows).toBe(report.points);
    expect(cloud.positions.length).toBe(report.points * 3);
    const wanted =
      report.points < (result.vertices ?? 0) && result.bounds === undefined ? null : expectedBounds(result);
    if (wanted === null) return;
    const size = Math.max(...wanted[1]!.map((m, k) => m - wanted[0]![k]!));
    // What a header says is rounded by its own program.
    const step = result.bounds === undefined ? Math.max(...(result.scale ?? [0])) : 0;
    const bounds = boundsOf(cloud);
    // A hundred-thousandth of the extent, however far from zero: float32 alone would not do for UTM.
    for (const end of [0, 1])
      for (const axis of [0, 1, 2])
        expect(Math.abs(bounds[end]![axis]! - wanted[end]![axis]!)).toBeLessThanOrEqual(
          step + 1e-5 * size + 1e-9,
        );
  });
});

describe('files without points are refused with a reason', () => {
  test.each(entries.filter(isRefused))('$file', async ({ file }) => {
    const reason = REFUSED[basename(file)] ?? /no points/;
    const error: unknown = await read(file).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(FormatError);
    expect((error as FormatError).where).toContain(basename(file));
    expect((error as FormatError).message).toMatch(reason);
  });
});

describe('what the notes ask for', () => {
  const load = async (name: string) => await read(entries.find((e) => basename(e.file) === name)!.file);

  test('packed colours: as U32, as float bits, alpha ignored', async () => {
    expect([...(await load('colored_cloud.pcd')).cloud.colours!.subarray(0, 3)]).toEqual([0x6c, 0x6d, 0x69]);
    expect([...(await load('five_people.pcd')).cloud.colours!.subarray(0, 3)]).not.toEqual([0, 0, 0]);
    expect([...(await load('pcl_logo.pcd')).cloud.colours!.subarray(0, 3)]).toEqual([0x80, 0x80, 0x80]);
  });

  test('UTM coordinates keep their centimetres', async () => {
    const { cloud } = await load('utm17_space.pcd');
    expect(cloud.positions[1]! + cloud.origin[1]).toBeCloseTo(4320978.61, 4);
  });

  test('normals, curvature and further fields', async () => {
    const { cloud } = await load('bun0.pcd');
    expect(cloud.normals).not.toBeNull();
    expect(Object.keys(cloud.attributes)).toEqual(['curvature']);
    expect(Object.keys((await load('learn0.pcd')).cloud.attributes)).toEqual(['label']);
    expect((await load('autzen-utm.pcd')).cloud.colours).not.toBeNull();
  });

  test('unreadable rows and lying counts are told', async () => {
    expect((await load('number_formats.obj')).report.warnings.join()).toMatch(/6 vertex lines .* line 11/);
    expect((await load('bunny_8.pts')).report.warnings.join()).toMatch(/declares 8 points, 9 rows/);
    expect((await load('notenoughindices.obj')).report.warnings.join()).toMatch(/fewer than 3 corners/);
    expect((await load('issue-140-zero-face-idx.obj')).report.warnings.join()).toMatch(/invalid indices/);
    expect((await load('Wuson.ply')).report.warnings.join()).toMatch(/line 3/);
  });

  test('the first data byte 0x0A is data', async () => {
    expect((await load('cube_binary_starts_with_nl.ply')).cloud.positions[0]).toBeCloseTo(5.967534, 5);
  });

  test('nameless columns of text', async () => {
    const ripple = (await load('ripple.txt')).cloud;
    expect(ripple.normals).not.toBeNull();
    expect([...ripple.colours!.subarray(0, 3)]).toEqual([10, 119, 55]);
    expect(Object.keys((await load('ripple.pts')).cloud.attributes)).toEqual(['intensity']);
    expect([...(await load('ripple.pts')).cloud.colours!.subarray(0, 3)]).toEqual([10, 119, 55]);
  });

  test('vertex normals of an OBJ only where they are one to one', async () => {
    expect((await load('1.2-with-color.obj')).cloud.normals).not.toBeNull();
    expect((await load('cube-vertex-colors.obj')).cloud.normals).toBeNull();
    expect((await load('skull_low_resolution.obj')).cloud.normals).toBeNull();
  });

  test('compressed points are those of the same file without compression', async () => {
    for (const name of ['pdrf7-v4-1.4', 'pdrf8-1.4', 'pdrf9-1.5']) {
      const [plain, packed] = [(await load(`${name}.las`)).cloud, (await load(`${name}.laz`)).cloud];
      expect(packed.positions).toEqual(plain.positions);
      expect(packed.origin).toEqual(plain.origin);
      // LASzip item version 4 with several scanner channels: left out rather than wrong.
      expect(packed.colours).toEqual(name === 'pdrf7-v4-1.4' ? null : plain.colours);
      expect(packed.attributes).toEqual(plain.attributes);
    }
    expect((await load('pdrf7-v4-1.4.laz')).report.warnings.join()).toMatch(/colours were left out/);
  });

  test('the scans of an E57 stand where their poses put them', async () => {
    const { cloud } = await load('multi-scan.e57');
    expect([...cloud.attributes.scan!]).toEqual([0, 1]);
    const second = [0, 1, 2].map((k) => cloud.positions[3 + k]! + cloud.origin[k]!);
    expect(second).not.toEqual([0, 0, 0]);
    expect((await load('A4_moved.e57')).cloud.colours).not.toBeNull();
    expect((await load('tiny_pc_with_extension.e57')).cloud.normals).not.toBeNull();
    const spherical = (await load('read_error.e57')).report;
    expect(spherical.points).toBeGreaterThan(0);
  });

  test('the grid of a PTX is not believed', async () => {
    const { report, cloud } = await load('ripple.ptx');
    expect(report.points).toBe(10201);
    expect(report.warnings.join()).toMatch(/4444 x 10014, 10201 rows/);
    expect(cloud.colours).not.toBeNull();
    expect(Object.keys(cloud.attributes)).toEqual(['intensity']);
  });
});
