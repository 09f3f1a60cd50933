/** Large, packed and archived scans, and meshes as points of their surface. */

import fc from 'fast-check';
import { gzipSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { CancelledError, CapacityError, FormatError, InvalidInputError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { type ByteSource, blobSource, bytesSource } from './byteSource.ts';
import { openScan } from './openScan.ts';
import { readScan } from './readScan.ts';
import { looksLikeScan } from './sniffFormat.ts';
import { writeNpy } from './writeNpy.ts';
import { writePcd } from './writePcd.ts';
import { writePly } from './writePly.ts';
import { listZip } from './zipEntries.ts';

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function cloudOf(points: number, faces: Uint32Array | null = null): PointCloud {
  return {
    id: '',
    name: '',
    positions: Float32Array.from({ length: 3 * points }, (_, i) => Math.sin(i) * 10),
    origin: [0, 0, 0],
    normals: null,
    colours: Uint8Array.from({ length: 3 * points }, (_, i) => i * 7),
    faces,
    attributes: { score: Float32Array.from({ length: points }, (_, i) => i) },
  };
}

/** Counts how much lies in memory at once. */
function watched(bytes: Uint8Array): { source: ByteSource; largest: () => number } {
  let largest = 0;
  const read = async (start: number, end: number) => {
    largest = Math.max(largest, end - start);
    return bytes.slice(start, end);
  };
  return { source: { size: bytes.length, read }, largest: () => largest };
}

describe('large files', () => {
  const points = 800_000;
  const cloud = cloudOf(points, Uint32Array.of(0, 1, 2, 3, 4, 5));
  it.each([
    ['a.pcd', writePcd(cloud)],
    ['a.ply', writePly(cloud)],
    ['a.npy', writeNpy(cloud.positions, [points, 3])],
  ])('%s read piece by piece is what it is when read at once', async (name, bytes) => {
    expect(bytes.length).toBeGreaterThan(9e6);
    const { source, largest } = watched(bytes);
    const streamed = await openScan(name, source);
    const whole = readScan(name, bytes);
    expect(streamed.cloud.id).toBe(whole.cloud.id);
    expect(
      Buffer.from(streamed.cloud.positions.buffer).equals(Buffer.from(whole.cloud.positions.buffer)),
    ).toBe(true);
    expect(streamed.cloud.faces).toEqual(whole.cloud.faces);
    expect(streamed.report).toEqual(whole.report);
    expect(largest()).toBeLessThanOrEqual(1 << 23);
  });

  it('a file of 2 GB in a format that has to be read at once says so before it is read', async () => {
    const head = encode('v 0 0 0\nv 1 0 0\nv 0 1 0\n');
    const source: ByteSource = {
      size: 2 ** 31 + 5,
      read: async (start, end) => {
        if (end - start > 1 << 20) throw new Error('read at once');
        return head.slice(start, end);
      },
    };
    await expect(openScan('a.obj', source)).rejects.toThrow(CapacityError);
    await expect(openScan('a.obj', source)).rejects.toThrow(/2147483653/);
  });

  it('a header that lies takes no memory when only its beginning was read', async () => {
    const lie = encode(
      'VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH 4000000000\nHEIGHT 1\nPOINTS 4000000000\nDATA binary\n123456789012',
    );
    await expect(openScan('a.pcd', bytesSource(lie))).rejects.toThrow(/4000000000 points/);
  });

  it('stops when it is cancelled between two pieces', async () => {
    const abort = new AbortController();
    const bytes = writePcd(cloudOf(900_000));
    const source: ByteSource = {
      size: bytes.length,
      read: async (start, end) => {
        if (start > 0) abort.abort();
        return bytes.subarray(start, end);
      },
    };
    await expect(openScan('a.pcd', source, { signal: abort.signal })).rejects.toThrow(CancelledError);
  });
});

describe('packed scans', () => {
  const text = encode('0 0 1\n0 1 0\n1 0 0\n');
  it('gz is unpacked, whatever the name says', async () => {
    const packed = gzipSync(text);
    for (const name of ['a.xyz.gz', 'a.xyz'])
      expect((await openScan(name, bytesSource(packed))).report.points).toBe(3);
  });

  it('cut off or damaged it is refused with its name', async () => {
    const packed = gzipSync(writePcd(cloudOf(200)));
    for (const bytes of [
      packed.subarray(0, packed.length >> 1),
      packed.map((byte, i) => (i > 60 ? byte ^ 0x5a : byte)),
    ])
      await expect(openScan('a.pcd.gz', bytesSource(bytes))).rejects.toThrow(FormatError);
  });

  it('a bomb is stopped while it unpacks', async () => {
    const packed = gzipSync(new Uint8Array(1 << 27), { level: 9 });
    expect(packed.length).toBeLessThan(200_000);
    await expect(openScan('a.xyz.gz', bytesSource(packed))).rejects.toThrow(CapacityError);
  });

  it('any damage gives a scan or a named error, nothing else', async () => {
    const good = gzipSync(text);
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), async (at, byte) => {
        const bad = good.slice();
        bad[at] = byte;
        await openScan('a.xyz.gz', bytesSource(bad)).catch((error: unknown) => {
          expect(error instanceof FormatError || error instanceof CapacityError).toBe(true);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('archives', () => {
  const archive = zipSync({
    'part/a.xyz': encode('0 0 1\n0 1 0\n'),
    'part/stored.xyz': [encode('5 0 1\n0 1 0\n'), { level: 0 }],
    'notes.docx': encode('x'),
    '__MACOSX/part/._a.xyz': encode('x'),
  });
  const read = async (bytes: Uint8Array) => listZip('a.zip', bytesSource(bytes), looksLikeScan);

  it('gives the scans in it, which are unpacked one by one', async () => {
    const { entries, passed } = await read(archive);
    expect(entries.map(({ path, packing }) => [path, packing])).toEqual([
      ['part/a.xyz', 'deflate'],
      ['part/stored.xyz', null],
    ]);
    expect(passed).toBe(2);
    const [first, second] = entries;
    const part = blobSource('a', new Blob([archive.slice(first!.start, first!.end)]));
    const packed = { packing: 'deflate', size: first!.size } as const;
    expect((await openScan('part/a.xyz', part, { packed })).report.points).toBe(2);
    const stored = bytesSource(archive.subarray(second!.start, second!.end));
    expect((await openScan('part/stored.xyz', stored)).cloud.positions[0]).toBe(5);
    const lie = { packing: 'deflate', size: 4_000_000_000 } as const;
    await expect(openScan('part/a.xyz', part, { packed: lie })).rejects.toThrow(CapacityError);
  });

  it.each([
    ['that is cut off', archive.subarray(0, archive.length - 30), /directory|cut off/],
    ['that is none', encode('PK\x03\x04 nothing behind it, however long it is'), /missing/],
  ])('one %s is refused', async (_, bytes, why) => {
    await expect(read(bytes)).rejects.toThrow(FormatError);
    await expect(read(bytes)).rejects.toThrow(why);
  });

  it('damaged anywhere it is listed or refused, never a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.nat(255), async (at, byte) => {
        const bad = archive.slice();
        bad[at] = byte;
        await read(bad).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
      }),
      { numRuns: 300 },
    );
  });
});

describe('meshes', () => {
  const square = 'v 0 0 0\nv 3 0 0\nv 3 1 0\nv 0 1 0\nv 9 9 9\nf 1 2 3 4\n';
  const open = (text: string, points: number, seed = 0) =>
    openScan('a.obj', bytesSource(encode(text)), { mesh: { kind: 'sample', points, seed } });

  it('are points of their surface: evenly, with normals, the same for the same seed', async () => {
    const { cloud, report, totalRows } = await open(square, 4000);
    expect([report.points, totalRows, cloud.faces]).toEqual([4000, 4000, null]);
    const inLeftThird = Array.from({ length: 4000 }, (_, i) => cloud.positions[3 * i]!).filter(
      (x) => x < 1,
    ).length;
    expect(Math.abs(inLeftThird - 4000 / 3)).toBeLessThan(100);
    expect([...cloud.normals!.subarray(0, 3)]).toEqual([0, 0, 1]);
    expect((await open(square, 4000)).cloud.positions).toEqual(cloud.positions);
    const other = (await open(square, 4000, 1)).cloud;
    expect(other.positions).not.toEqual(cloud.positions);
    expect(other.id).not.toBe(cloud.id);
  });

  it('a cloud without triangles stays what it is, and says so', async () => {
    const { report } = await open('v 0 0 0\nv 1 0 0\n', 100);
    expect(report.points).toBe(2);
    expect(report.warnings.join()).toMatch(/no triangles/);
  });

  it('without area, or with a number of points that is none, is refused', async () => {
    await expect(open('v 0 0 0\nv 1 0 0\nv 2 0 0\nf 1 2 3\n', 10)).rejects.toThrow(InvalidInputError);
    await expect(open(square, 0)).rejects.toThrow(/0 points/);
  });
});

describe('PTX', () => {
  const header = (columns: number, rows: number, shift: number) =>
    `${columns}\n${rows}\n0 0 0\n1 0 0\n0 1 0\n0 0 1\n1 0 0 0\n0 1 0 0\n0 0 1 0\n${shift} 0 0 1\n`;
  const read = (text: string) => readScan('a.ptx', encode(text));

  it('several scans stand where their transformations put them; directions without return are left out', () => {
    const { cloud, report } = read(
      `${header(1, 2, 100)}1 2 3 0.5 10 20 30\n0 0 0 0 0 0 0\n${header(1, 1, 200)}1 2 3 0.25 40 50 60\n`,
    );
    expect(report).toMatchObject({ format: 'ptx', points: 2, nan: 1, skipped: 0, warnings: [] });
    expect([0, 3].map((i) => cloud.positions[i]! + cloud.origin[0])).toEqual([101, 201]);
    expect([...cloud.attributes.intensity!]).toEqual([0.5, 0.25]);
    expect([...cloud.colours!]).toEqual([10, 20, 30, 40, 50, 60]);
  });

  it('a grid that lies takes no memory and is told', () => {
    const { report } = read(`${header(100_000, 100_000, 0)}1 2 3 0\n4 5 6 0\n`);
    expect(report.points).toBe(2);
    expect(report.warnings.join()).toMatch(/100000 x 100000, 2 rows/);
  });

  it('a header of the next scan that is cut off is refused', () => {
    expect(() => read(`${header(1, 1, 0)}1 2 3 0\n1\n1\n0 0\n`)).toThrow(/header of the next scan/);
  });
});
