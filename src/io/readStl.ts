/** STL, ascii and binary. Corners at exactly the same position become one vertex. */

import { FormatError } from '../core/errors.ts';
import { FaceList } from './faceList.ts';
import type { RawCloud } from './finishCloud.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { type RowPlan, readRows } from './rowPlan.ts';
import { TextScanner } from './textScanner.ts';
import { VertexMerger } from './vertexMerger.ts';

const HEADER_BYTES = 84;
const FACET_BYTES = 50;

/**
 * True when the length fits the facet count: a binary STL, even when it begins with "solid".
 * @param head the beginning of the file; @param size of the whole file
 */
export function isBinaryStl(head: Uint8Array, size: number): boolean {
  return size >= HEADER_BYTES && size === HEADER_BYTES + FACET_BYTES * facetCount(head);
}

function facetCount(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(80, true);
}

/** @throws FormatError when the file is shorter than its facet count says */
export function readBinaryStl(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  return readRows(planStl(file, bytes, bytes.length), bytes, hooks);
}

/**
 * @param head the beginning of a binary STL; @param size of the whole file
 * @throws as `readBinaryStl`
 */
export function planStl(file: string, head: Uint8Array, size: number): RowPlan {
  if (size < HEADER_BYTES)
    throw new FormatError(file, '', `a binary STL has at least ${HEADER_BYTES} bytes, this file ${size}`);
  const facets = facetCount(head);
  const available = Math.floor((size - HEADER_BYTES) / FACET_BYTES);
  if (facets > available)
    throw new FormatError(
      file,
      'byte 80',
      `the header declares ${facets} facets, the file can hold ${available}: is it cut off, or no STL?`,
    );
  const vertices = new VertexMerger();
  const faces = new FaceList();
  const rest = size - HEADER_BYTES - facets * FACET_BYTES;
  return {
    start: HEADER_BYTES,
    rowBytes: FACET_BYTES,
    rows: facets,
    stage: 'reading STL',
    put(bytes, _, count) {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const corner = (at: number): number =>
        vertices.add(view.getFloat32(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true));
      for (let f = 0, at = 12; f < count; f++, at += FACET_BYTES)
        faces.triangle(corner(at), corner(at + 12), corner(at + 24));
    },
    wantsRest: false,
    finish: () =>
      mesh(
        'STL binary',
        vertices,
        faces,
        0,
        rest > 0 ? [`${rest} bytes behind the last facet were ignored`] : [],
      ),
  };
}

/** @throws FormatError when the file ends within a facet or most vertices are unreadable */
export function readAsciiStl(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const scanner = new TextScanner(bytes);
  const tick = progressTicker(hooks, 'reading STL', bytes.length);
  const vertices = new VertexMerger();
  const faces = new FaceList();
  const bad = new UnreadableRows();
  let rows = 0;
  let corners: number[] = [];
  let open = false;
  while (scanner.nextLine()) {
    tick(scanner.line, scanner.nextLineStart);
    for (let word = keyword(scanner); word !== null; word = keyword(scanner)) {
      if (word === 'solid' || word === 'endsolid') break; // the rest of the line is a name
      if (word === 'facet') open = true;
      if (word === 'vertex') {
        rows++;
        corners.push(readVertex(scanner, vertices, bad));
      }
      if (word !== 'endfacet') continue;
      faces.polygon(corners, corners.length);
      corners = [];
      open = false;
    }
  }
  if (open)
    throw new FormatError(file, `line ${scanner.line}`, 'the file is cut off: its last facet does not end');
  const warnings = [...bad.warnings(file, rows, 'vertex line'), ...faces.warnings()];
  return mesh('STL ascii', vertices, faces, bad.count, warnings);
}

type Keyword = 'solid' | 'facet' | 'vertex' | 'endfacet' | 'endsolid';

/** The next keyword of the line that matters, told by its first letters without making strings; null at its end. */
function keyword(scanner: TextScanner): Keyword | null {
  const { bytes } = scanner;
  for (;;) {
    scanner.skipBlanks();
    const { pos } = scanner;
    if (!scanner.skipWord()) return null;
    const letter = (k: number): number => (pos + k < scanner.pos ? bytes[pos + k]! | 32 : 0);
    switch (letter(0)) {
      case 118: // v
        return 'vertex';
      case 102: // f
        return 'facet';
      case 115: // s
        return 'solid';
      case 101: // e: endfacet, endloop, endsolid
        if (letter(3) === 102) return 'endfacet';
        if (letter(3) === 115) return 'endsolid';
    }
  }
}

/** @returns its index; an unreadable vertex takes one too, and takes its triangle with it */
function readVertex(scanner: TextScanner, vertices: VertexMerger, bad: UnreadableRows): number {
  const xyz = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    if (!scanner.readNumber()) {
      bad.add(scanner.line);
      return vertices.add(Number.NaN, Number.NaN, Number.NaN);
    }
    xyz[k] = scanner.value;
  }
  return vertices.add(xyz[0]!, xyz[1]!, xyz[2]!);
}

function mesh(
  format: string,
  vertices: VertexMerger,
  faces: FaceList,
  skipped: number,
  warnings: readonly string[],
): RawCloud {
  return {
    format,
    coords: vertices.positions(),
    normals: null,
    colours: null,
    faces: faces.toArray(),
    attributes: new Map(),
    skipped,
    warnings,
  };
}
