/**
 * Reading scans: megabytes a second of ours, from the bytes to a cloud with its hash, beside the loader of three
 * that a page would take, from the same bytes to a geometry; turn by turn in one run. And what a file of ten
 * million points costs in memory when it is read piece by piece.
 */

import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OBJLoader } from 'three/examples/jsm/loaders/OBJLoader.js';
import { PCDLoader } from 'three/examples/jsm/loaders/PCDLoader.js';
import { PLYLoader } from 'three/examples/jsm/loaders/PLYLoader.js';
import { STLLoader } from 'three/examples/jsm/loaders/STLLoader.js';
import { XYZLoader } from 'three/examples/jsm/loaders/XYZLoader.js';
import type { PointCloud } from '../src/core/types.ts';
import { bytesSource } from '../src/io/byteSource.ts';
import { openScan } from '../src/io/openScan.ts';
import { writePcd } from '../src/io/writePcd.ts';
import { writePly } from '../src/io/writePly.ts';
import { writeText } from '../src/io/writeText.ts';
import { round, turnByTurn } from './timing.ts';

export interface ParseResult {
  readonly what: 'parse';
  readonly format: string;
  readonly points: number;
  readonly megabytes: number;
  /** Megabytes a second of CPU time. */
  readonly ours: number;
  /** Null where three has no loader. */
  readonly three: number | null;
  /** How many times as fast as three's. */
  readonly ratio: number | null;
}

export interface ParseMemory {
  readonly what: 'parse memory';
  readonly format: string;
  readonly points: number;
  readonly fileMegabytes: number;
  /** Most that typed arrays and objects took while it was read, what was there before taken off. */
  readonly peakMegabytes: number;
  readonly timesTheFile: number;
}

/** Numbers as scanners write them: millimetres with three decimals. */
function scan(points: number): PointCloud {
  const millimetres = (value: number) => Math.round(value * 1e5) / 1e3;
  const positions = new Float32Array(3 * points);
  for (let i = 0; i < points; i++) {
    const turn = i * 2.39996323;
    const z = 1 - (2 * (i + 0.5)) / points;
    const r = Math.sqrt(1 - z * z) * (1 + 0.02 * Math.sin(9 * turn));
    positions[3 * i] = millimetres(r * Math.cos(turn));
    positions[3 * i + 1] = millimetres(r * Math.sin(turn));
    positions[3 * i + 2] = millimetres(z);
  }
  const normals = positions.map((value) => Math.fround(value / 102));
  return {
    id: '',
    name: '',
    positions,
    origin: [0, 0, 0],
    normals,
    colours: Uint8Array.from(positions, (value) => 128 + value),
    faces: null,
    attributes: {},
  };
}

/** A grid of triangles over the points, as many as a mesh of that many vertices has. */
function triangles(points: number): Uint32Array {
  const side = Math.floor(Math.sqrt(points));
  const faces: number[] = [];
  for (let row = 0; row + 1 < side; row++)
    for (let column = 0; column + 1 < side; column++) {
      const a = row * side + column;
      faces.push(a, a + 1, a + side, a + 1, a + side + 1, a + side);
    }
  return Uint32Array.from(faces);
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function shortest(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function plyAscii({ positions }: PointCloud): Uint8Array<ArrayBuffer> {
  const rows: string[] = [];
  for (let i = 0; i < positions.length; i += 3)
    rows.push([...positions.subarray(i, i + 3)].map(shortest).join(' '));
  const properties = ['x', 'y', 'z'].map((axis) => `property float ${axis}\n`).join('');
  return encode(
    `ply\nformat ascii 1.0\nelement vertex ${rows.length}\n${properties}end_header\n${rows.join('\n')}\n`,
  );
}

function obj({ positions }: PointCloud, faces: Uint32Array): Uint8Array<ArrayBuffer> {
  const rows: string[] = [];
  for (let i = 0; i < positions.length; i += 3)
    rows.push(`v ${[...positions.subarray(i, i + 3)].map(shortest).join(' ')}`);
  for (let f = 0; f < faces.length; f += 3)
    rows.push(`f ${[...faces.subarray(f, f + 3)].map((vertex) => vertex + 1).join(' ')}`);
  return encode(`${rows.join('\n')}\n`);
}

function stlBinary({ positions }: PointCloud, faces: Uint32Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(84 + (50 * faces.length) / 3);
  const view = new DataView(bytes.buffer);
  view.setUint32(80, faces.length / 3, true);
  faces.forEach((vertex, corner) => {
    const at = 84 + 50 * Math.floor(corner / 3) + 12 + 12 * (corner % 3);
    for (let k = 0; k < 3; k++) view.setFloat32(at + 4 * k, positions[3 * vertex + k]!, true);
  });
  return bytes;
}

function stlAscii({ positions }: PointCloud, faces: Uint32Array): Uint8Array<ArrayBuffer> {
  const corner = (vertex: number) =>
    `vertex ${[...positions.subarray(3 * vertex, 3 * vertex + 3)].map(shortest).join(' ')}\n`;
  const facets: string[] = [];
  for (let f = 0; f < faces.length; f += 3)
    facets.push(
      `facet normal 0 0 1\nouter loop\n${corner(faces[f]!)}${corner(faces[f + 1]!)}${corner(faces[f + 2]!)}endloop\nendfacet\n`,
    );
  return encode(`solid s\n${facets.join('')}endsolid s\n`);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

type Three = (bytes: Uint8Array<ArrayBuffer>) => unknown;

/** @param points of the scan; meshes have a quarter of them */
export function* parseCases(
  points: number,
): Generator<readonly [string, string, Uint8Array<ArrayBuffer>, Three]> {
  const cloud = scan(points);
  const bare = { ...cloud, normals: null, colours: null };
  const mesh = scan(points / 4);
  const faces = triangles(points / 4);
  const pcd: Three = (bytes) => new PCDLoader().parse(bytes.buffer);
  const ply: Three = (bytes) => new PLYLoader().parse(bytes.buffer);
  const stl: Three = (bytes) => new STLLoader().parse(bytes.buffer);
  yield ['PCD binary, x y z', 'a.pcd', writePcd(bare), pcd];
  yield ['PCD binary, with normals and colours', 'a.pcd', writePcd(cloud), pcd];
  yield ['PCD ascii', 'a.pcd', writePcd(bare, { encoding: 'ascii' }), pcd];
  yield ['PLY binary, x y z', 'a.ply', writePly(bare), ply];
  yield ['PLY binary, with normals and colours', 'a.ply', writePly(cloud), ply];
  yield ['PLY binary mesh', 'a.ply', writePly({ ...mesh, normals: null, colours: null, faces }), ply];
  yield ['PLY ascii', 'a.ply', plyAscii(bare), ply];
  yield ['OBJ mesh', 'a.obj', obj(mesh, faces), (bytes) => new OBJLoader().parse(text(bytes))];
  yield ['STL binary', 'a.stl', stlBinary(mesh, faces), stl];
  yield ['STL ascii', 'a.stl', stlAscii(mesh, faces), stl];
  // Its types ask for a callback that it never calls.
  const xyz: Three = (bytes) => new XYZLoader().parse(text(bytes), () => undefined);
  yield ['XYZ', 'a.xyz', writeText(bare, { layout: 'xyz' }), xyz];
}

export async function benchParse(
  [format, name, bytes, three]: readonly [string, string, Uint8Array<ArrayBuffer>, Three],
  points: number,
  runs: number,
): Promise<ParseResult> {
  const found = await turnByTurn(
    {
      ours: async () => void (await openScan(name, bytesSource(bytes))),
      three: async () => void (await three(bytes)),
    },
    runs,
  );
  const megabytes = bytes.length / 1e6;
  const speed = (milliseconds: number) => round((megabytes / milliseconds) * 1000);
  return {
    what: 'parse',
    format,
    points,
    megabytes: round(megabytes),
    ours: speed(found.ours.cpu),
    three: speed(found.three.cpu),
    ratio: round(found.three.cpu / found.ours.cpu),
  };
}

/** A binary PCD on disk, made row by row, read from there. */
export async function benchParseMemory(points: number): Promise<ParseMemory> {
  const folder = await mkdtemp(join(tmpdir(), 'po3ad-bench-'));
  const handle = await open(join(folder, 'large.pcd'), 'w+');
  try {
    const header = `VERSION .7\nFIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nCOUNT 1 1 1\nWIDTH ${points}\nHEIGHT 1\nPOINTS ${points}\nDATA binary\n`;
    await handle.write(header);
    for (let row = 0; row < points; row += 100_000) {
      const block = Float32Array.from({ length: 3 * Math.min(100_000, points - row) }, (_, i) =>
        Math.sin(row + i),
      );
      await handle.write(new Uint8Array(block.buffer));
    }
    const { size } = await handle.stat();
    const used = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const before = used();
    let peak = 0;
    const source = {
      size,
      async read(start: number, end: number) {
        const bytes = new Uint8Array(end - start);
        await handle.read(bytes, 0, bytes.length, start);
        peak = Math.max(peak, used() - before);
        return bytes;
      },
    };
    const { cloud } = await openScan('large.pcd', source);
    peak = Math.max(peak, used() - before);
    return {
      what: 'parse memory',
      format: 'PCD binary, x y z',
      points: cloud.positions.length / 3,
      fileMegabytes: round(size / 1e6),
      peakMegabytes: round(peak / 1e6),
      timesTheFile: round(peak / size),
    };
  } finally {
    await handle.close();
    await rm(folder, { recursive: true });
  }
}
