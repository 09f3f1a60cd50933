/** Scans as users have them: odd but valid ones are read, broken ones refused with a place, nothing crashes. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CancelledError, FormatError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { readScan } from './readScan.ts';
import { writeNpy } from './writeNpy.ts';
import { writePcd } from './writePcd.ts';
import { writePly } from './writePly.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (name: string, text: string) => readScan(name, encode(text));
const points = (name: string, text: string): number[] => [...read(name, text).cloud.positions];

describe('text', () => {
  const expected = [1, 2, 3, 4, 5, 6, 7, 8, 9];
  test.each([
    ['spaces', '1 2 3\n4 5 6\n7 8 9'],
    ['tabs and CRLF', '1\t2\t3\r\n4\t5\t6\r\n7\t8\t9\r\n'],
    ['commas with blanks', '1, 2, 3\n4, 5, 6\n7, 8, 9\n'],
    ['semicolons', '1;2;3\n4;5;6\n7;8;9\n'],
    ['semicolons and decimal commas', '1,0;2,0;3,0\n4,0;5,0;6,0\n7,0;8,0;9,0\n'],
    ['blanks and decimal commas', '1,0 2,0 3,0\n4,0 5,0 6,0\n7,0 8,0 9,0\n'],
    ['a header', 'x y z\n1 2 3\n4 5 6\n7 8 9\n'],
    ['a quoted header with units', '"X (mm)","Y (mm)","Z (mm)"\n1,2,3\n4,5,6\n7,8,9\n'],
    ['quoted numbers', '"1","2","3"\n"4","5","6"\n"7","8","9"\n'],
    ['a header as a comment', '//X Y Z\n1 2 3\n4 5 6\n7 8 9\n'],
    ['comments and empty lines between', '# scan\n\n1 2 3\n# more\n4 5 6\n\n7 8 9\n\n'],
    ['a count line', '3\n1 2 3\n4 5 6\n7 8 9\n'],
    ['columns in another order', 'z,label,y,x\n3,0,2,1\n6,0,5,4\n9,1,8,7\n'],
    ['a name in front of each point', 'name,x,y,z\na,1,2,3\nb,4,5,6\nc,7,8,9\n'],
    ['names of ParaView', '"Points:0","Points:1","Points:2"\n1,2,3\n4,5,6\n7,8,9\n'],
    ['UTF-8 with a byte order mark', '\ufeff1 2 3\n4 5 6\n7 8 9'],
  ])('%s', (_, text) => expect(points('scan.txt', text)).toEqual(expected));

  test('a label column stays an attribute, named or not', () => {
    expect(read('a.csv', 'x,y,z,label\n0,0,1,0\n0,1,0,1\n').cloud.attributes).toEqual({
      label: Float32Array.of(0, 1),
    });
    expect(read('a.txt', '0,0,1,0\n0,1,0,1\n').cloud.attributes).toEqual({ label: Float32Array.of(0, 1) });
  });

  test('unreadable and NaN rows are counted apart, and the kept rows known', () => {
    const { report, keptRows, totalRows, cloud } = read(
      'a.xyz',
      '0 0 1\n0 zero 1\nnan 0 0\n0 1 0\n1 0\n2 0 0\n3 0 0\n',
    );
    expect(report).toMatchObject({ points: 4, skipped: 2, nan: 1 });
    expect(report.warnings).toEqual(['2 rows could not be read and were left out (first: line 2)']);
    expect([...keptRows!]).toEqual([0, 3, 5, 6]);
    expect(totalRows).toBe(7);
    expect([...cloud.positions]).toEqual([0, 0, 1, 0, 1, 0, 2, 0, 0, 3, 0, 0]);
  });

  test('a fourth column is missing in some rows: those are not guessed at', () => {
    const { report } = read('a.xyz', '0 0 1 7\n0 1 0 7\n0 2 0\n1 2 0 7\n');
    expect(report).toMatchObject({ points: 3, skipped: 1 });
  });

  test('empty fields of other columns do not cost the point', () => {
    const { cloud } = read('a.csv', 'x,y,z,t,u\n0,0,1,,5\n0,1,0,2,\n1,0,0,3,4\n');
    expect(cloud.attributes).toEqual({
      t: Float32Array.of(Number.NaN, 2, 3),
      u: Float32Array.of(5, Number.NaN, 4),
    });
  });

  test.each([
    ['prose', 'Dear colleague,\nplease find the scan attached.\n', /no line with three numbers/],
    ['two columns', '1 2\n3 4\n5 6\n', /2 columns/],
    ['mostly garbage', '1 2 3\n4 5 6\nx\ny\nz\nw\n', /line 3.*4 of 6 rows/],
    ['a count line that promises more', '5\n1 2 3\n4 5 6\n', /declares 5 points, 2 rows/],
    ['only NaN', 'nan nan nan\nnan nan nan\n', /none of the 2 rows/],
    ['an ESRI grid', 'ncols 3\nnrows 2\n1 2 3\n4 5 6\n', /ESRI grid/],
    ['an empty file', '', /empty/],
    ['blank lines', '\n\n\n', /no points/],
  ])('%s is refused', (_, text, message) => {
    let error: unknown;
    try {
      read('a.txt', text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    const { where, message: why } = error as FormatError;
    expect(`${where}: ${why}`).toMatch(message);
    expect(where).toMatch(/^a\.txt/);
  });
});

describe('which format it is', () => {
  const ply =
    'ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n1 2 3\n';
  test('the content decides, not the name', () => {
    expect(read('scan.xyz', ply).report.format).toBe('PLY ascii');
    expect(read('scan', 'v 1 2 3\nv 4 5 6\n').report.format).toBe('OBJ');
    expect(read('scan.dat', '1 2 3\n').report.format).toBe('text');
  });

  test.each([
    ['photo.ply', '\x89PNG\r\n\x1a\n\0\0', /PNG image, although it is called \.ply/],
    ['scan.laz', 'LASF\0\0', /cut off/],
    ['model.glb', 'glTF\x02\0', /glTF/],
    ['mesh.txt', '# vtk DataFile Version 3.0\nPOINTS 1 float\n1 2 3\nCELLS 1 4\n3 0 0 0\n', /VTK/],
    ['page.txt', '<html><body>404</body></html>', /HTML/],
    ['scan.pcd', '1 2 3\n4 5 6\n', /PCD file begins with a header/],
    ['scan.stl', '1 2 3\n', /begins with "solid"/],
    ['scan.bin', '\0\x01\0\x02', /no known scan format/],
  ])('%s is named for what it is', (name, text, message) => {
    const bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
    expect(() => readScan(name, bytes)).toThrow(FormatError);
    expect(() => readScan(name, bytes)).toThrow(message);
  });
});

describe('headers that lie take no memory', () => {
  const vertex = (count: string, format = 'ascii') =>
    `ply\nformat ${format} 1.0\nelement vertex ${count}\nproperty float x\nproperty float y\nproperty float z\nend_header\n1.0 2.0 3.0\n4.0 5.0 6.0\n`;
  const pcd = (count: string, data: string) =>
    `VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH ${count}\nHEIGHT 1\nPOINTS ${count}\nDATA ${data}\n1.0 2.0 3.0\n4.0 5.0 6.0\n`;
  test.each([
    ['PLY ascii, a little', 'a.ply', vertex('3'), /line 9.*3 rows.*only 2/],
    ['PLY ascii, absurd', 'a.ply', vertex('4000000000'), /line 3.*4000000000/],
    ['PLY binary', 'a.ply', vertex('4000000000', 'binary_little_endian'), /4000000000/],
    ['PLY negative', 'a.ply', vertex('-1'), /count/],
    ['PCD ascii', 'a.pcd', pcd('3', 'ascii'), /3 points, 2 rows/],
    ['PCD binary', 'a.pcd', pcd('4000000000', 'binary'), /4000000000 points/],
    ['PCD compressed', 'a.pcd', pcd('4000000', 'binary_compressed'), /4000000 points/],
    ['OFF', 'a.off', 'OFF\n4000000000 1 0\n0 0 0\n', /4000000000 vertices/],
  ])('%s', (_, name, text, message) => {
    let error: unknown;
    try {
      read(name, text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect(`${(error as FormatError).where} ${(error as FormatError).message}`).toMatch(message);
  });

  test('a list in a binary PLY that is longer than the file', () => {
    const header = encode(
      'ply\nformat binary_little_endian 1.0\nelement face 1\nproperty list uint int vertex_indices\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n',
    );
    const bytes = new Uint8Array(header.length + 32).fill(255);
    bytes.set(header);
    expect(() => readScan('a.ply', bytes)).toThrow(/cut off or damaged/);
  });
});

describe('meshes', () => {
  test('an ascii PLY row with a missing value is one unreadable row; faces on it go, others stay', () => {
    const { report, cloud } = read(
      'a.ply',
      'ply\nformat ascii 1.0\nelement vertex 5\nproperty float x\nproperty float y\nproperty float z\nelement face 2\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0\n0 1 0\n0 0 1\n1 1 1\n3 0 1 2\n3 2 3 4\n',
    );
    expect(report).toMatchObject({ points: 4, skipped: 1, faces: 1 });
    expect([...cloud.faces!]).toEqual([1, 2, 3]);
    expect(report.warnings.join()).toMatch(/line 11.*1 of 2 triangles/);
  });

  test('a face of an OBJ over two lines, with comments, forward and negative references', () => {
    const { cloud } = read(
      'a.obj',
      'f 1 2 \\\n3 # triangle\nv 0 0 0\nv 1 0 0\nv 0 1 0\nv 1 1 0\nf -4 -3 -1 -2\n',
    );
    expect([...cloud.faces!]).toEqual([0, 1, 2, 0, 1, 3, 0, 3, 2]);
  });

  test('an ascii STL that is cut off', () => {
    const facet =
      'facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n';
    expect(read('a.stl', `solid a\n${facet}endsolid a\n`).report).toMatchObject({ points: 3, faces: 1 });
    expect(() => read('a.stl', `solid a\n${facet}${facet.slice(0, 60)}`)).toThrow(/cut off/);
  });

  test('a truncated binary STL', () => {
    const bytes = new Uint8Array(84 + 70);
    new DataView(bytes.buffer).setUint32(80, 2, true);
    expect(() => readScan('a.stl', bytes)).toThrow(/declares 2 facets, the file can hold 1/);
  });
});

test('the colours of a PCD in ascii: bits of a float, or an integer', () => {
  const text = (rgb: string) =>
    `VERSION .7\nFIELDS x y z rgb\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH 1\nHEIGHT 1\nPOINTS 1\nDATA ascii\n1 2 3 ${rgb}\n`;
  expect([...read('a.pcd', text('4.2108e+06')).cloud.colours!]).toEqual([0x80, 0x80, 0xe0]);
  expect([...read('a.pcd', text('16711935')).cloud.colours!]).toEqual([255, 0, 255]);
});

test('far from zero the origin is exact, and float32 coordinates lose nothing', () => {
  const data = Float32Array.of(493814.375, 5420326.5, 228.41, 493815.5, 5420327, 229);
  const { cloud } = readScan('a.npy', writeNpy(data, [2, 3]));
  expect(cloud.origin[0]).not.toBe(0);
  expect(Array.from(cloud.positions, (v, i) => v + cloud.origin[i % 3]!)).toEqual([...data]);
});

test('identity comes from the content', () => {
  expect(read('a.xyz', '1 2 3\n').cloud.id).toBe(read('b.txt', '1 2 3\n').cloud.id);
  expect(read('a.xyz', '1 2 4\n').cloud.id).not.toBe(read('a.xyz', '1 2 3\n').cloud.id);
});

test('progress is told and a fired signal stops the reading', () => {
  const fractions: number[] = [];
  readScan('a.xyz', encode('1 2 3\n'), { onProgress: (p) => fractions.push(p.fraction) });
  expect(fractions.at(-1)).toBe(1);
  expect(() => readScan('a.xyz', encode('1 2 3\n'), { signal: AbortSignal.abort() })).toThrow(CancelledError);
});

describe('whatever happens to a file, it is read or refused with a FormatError', () => {
  const cloud: PointCloud = {
    id: '',
    name: '',
    positions: Float32Array.from({ length: 36 }, (_, i) => Math.sin(i) * 10),
    origin: [0, 0, 0],
    normals: Float32Array.from({ length: 36 }, (_, i) => (i % 3 === 0 ? 1 : 0)),
    colours: Uint8Array.from({ length: 36 }, (_, i) => i * 7),
    faces: Uint32Array.of(0, 1, 2, 3, 4, 5),
    attributes: { score: Float32Array.from({ length: 12 }, (_, i) => i) },
  };
  const rows = Array.from({ length: 12 }, (_, i) => [...cloud.positions.subarray(i * 3, i * 3 + 3)]);
  const stl = new Uint8Array(84 + 100);
  new DataView(stl.buffer).setUint32(80, 2, true);
  for (let i = 0; i < 2; i++)
    for (let k = 0; k < 12; k++) new DataView(stl.buffer).setFloat32(84 + 50 * i + 4 * k, k * i, true);
  const files: readonly [string, Uint8Array][] = [
    ['a.ply', writePly(cloud)],
    ['a.pcd', writePcd(cloud)],
    ['b.pcd', writePcd(cloud, { encoding: 'ascii' })],
    ['a.npy', writeNpy(cloud.positions, [12, 3])],
    ['a.stl', stl],
    [
      'b.ply',
      encode(
        `ply\nformat ascii 1.0\nelement vertex 12\nproperty double x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n${rows.map((r) => r.join(' ')).join('\n')}\n3 0 1 2\n`,
      ),
    ],
    [
      'a.obj',
      encode(
        `${rows.map((r) => `v ${r.join(' ')}`).join('\n')}\nvn 0 0 1\nf 1//1 2//1 3//1 4//1\nf -1 -2 -3\n`,
      ),
    ],
    ['a.off', encode(`OFF\n12 1 0\n${rows.map((r) => r.join(' ')).join('\n')}\n4 0 1 2 3\n`)],
    [
      'b.stl',
      encode(
        'solid a\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n',
      ),
    ],
    ['a.csv', encode(`x,y,z,label\n${rows.map((r) => `${r.join(',')},1`).join('\n')}\n`)],
    ['a.pts', encode(`12\n${rows.map((r) => `${r.join(' ')} 5 10 20 30`).join('\n')}\n`)],
  ];

  test.each(files)('%s', (name, good) => {
    expect(readScan(name, good).report.points).toBeGreaterThan(2);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 }),
        fc.nat(good.length),
        fc.boolean(),
        (changes, end, cut) => {
          const bad = good.slice(0, cut ? end : good.length);
          for (const [at, byte] of changes) if (at < bad.length) bad[at] = byte;
          try {
            const { cloud: found, report } = readScan(name, bad);
            expect(found.positions.length).toBe(report.points * 3);
            expect(found.positions.every(Number.isFinite)).toBe(true);
            expect(found.faces?.every((v) => v < report.points) ?? true).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  test('random bytes behind every magic word', () => {
    const heads = [
      'ply\n',
      '# .PCD v0.7\n',
      '\x93NUMPY\x01\0',
      'solid facet\n',
      'OFF\n',
      'v 1 2 3\n',
      '1 2 3\n',
      '',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...heads), fc.uint8Array({ maxLength: 300 }), (head, tail) => {
        const bytes = Uint8Array.from([...head].map((c) => c.charCodeAt(0)).concat([...tail]));
        try {
          readScan('a', bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
