/**
 * Wavefront OBJ: vertices (with colours or w), polygons of any size, negative indices. Lines, points,
 * textures, groups and materials are passed over.
 */

import { FormatError } from '../core/errors.ts';
import { scaleColours } from './columns.ts';
import { FaceList } from './faceList.ts';
import type { RawCloud } from './finishCloud.ts';
import { GrowableFloat64 } from './growable.ts';
import { VertexNormals } from './objNormals.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { TextScanner } from './textScanner.ts';

const SLASH = 47;
const BACKSLASH = 92;

/** @throws FormatError when there are no vertices or most of them are unreadable */
export function readObj(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const reader = new ObjReader(bytes);
  const tick = progressTicker(hooks, 'reading OBJ', bytes.length);
  const { scanner } = reader;
  while (scanner.nextLine()) {
    tick(scanner.line, scanner.nextLineStart);
    switch (keyword(scanner)) {
      case 'v':
        reader.vertex();
        break;
      case 'vn':
        reader.normal();
        break;
      case 'f':
        reader.face();
        break;
    }
  }
  if (reader.rows === 0) throw new FormatError(file, '', 'no points: the OBJ file has no vertex lines');
  return reader.finish(file);
}

/** @returns the keyword in front of the line, "" when it is none that is read */
function keyword(scanner: TextScanner): 'v' | 'vn' | 'f' | '' {
  scanner.skipBlanks();
  const { bytes, pos } = scanner;
  const blank = (at: number): boolean => at < scanner.lineEnd && (bytes[at] === 32 || bytes[at] === 9);
  const first = scanner.peek();
  if (first === 118 && blank(pos + 1)) {
    scanner.pos += 1;
    return 'v';
  }
  if (first === 118 && bytes[pos + 1] === 110 && blank(pos + 2)) {
    scanner.pos += 2;
    return 'vn';
  }
  if (first === 102 && blank(pos + 1)) {
    scanner.pos += 1;
    return 'f';
  }
  return '';
}

class ObjReader {
  readonly scanner: TextScanner;
  private readonly coords = new GrowableFloat64();
  private readonly colours = new GrowableFloat64();
  private readonly normals = new VertexNormals();
  private readonly faces = new FaceList();
  private readonly badVertices = new UnreadableRows();
  private readonly badFaces = new UnreadableRows();
  private faceRows = 0;
  /** Values of one line, or vertex and normal index of each corner. */
  private corners: number[] = [];
  private cornerNormals: number[] = [];

  constructor(bytes: Uint8Array) {
    this.scanner = new TextScanner(bytes);
  }

  get rows(): number {
    return this.coords.length / 3;
  }

  /** `v x y z [w] [r g b [a]]`; an unreadable one still takes its number, faces count on it. */
  vertex(): void {
    const values = this.corners;
    values.length = 0;
    while (values.length < 7 && this.scanner.readNumber()) values.push(this.scanner.value);
    if (values.length < 3 || !(values.length === 7 || this.scanner.atLineEnd())) {
      this.badVertices.add(this.scanner.line);
      this.coords.push3(Number.NaN, Number.NaN, Number.NaN);
      this.colours.push3(0, 0, 0);
      return;
    }
    this.coords.push3(values[0]!, values[1]!, values[2]!);
    if (values.length >= 6) this.colours.push3(values[3]!, values[4]!, values[5]!);
  }

  normal(): void {
    const read = (): number => (this.scanner.readNumber() ? this.scanner.value : Number.NaN);
    this.normals.add(read(), read(), read());
  }

  /** `f v/vt/vn ...`, also over several lines that end with a backslash. */
  face(): void {
    this.faceRows++;
    this.corners.length = 0;
    this.cornerNormals.length = 0;
    const { scanner } = this;
    const { line } = scanner;
    while (!scanner.atLineEnd()) {
      if (scanner.peek() === BACKSLASH) {
        if (!scanner.nextLine()) break;
        continue;
      }
      if (!this.corner()) {
        this.badFaces.add(line);
        return;
      }
    }
    this.faces.polygon(this.corners, this.corners.length);
    for (let k = 0; k < this.corners.length; k++)
      this.normals.assign(this.corners[k]!, this.cornerNormals[k]!);
  }

  /** @returns false when it is no valid reference; index 0 is none */
  private corner(): boolean {
    const { scanner } = this;
    if (!scanner.readInteger()) return false;
    const vertex = resolve(scanner.value, this.rows);
    let normal = -1;
    if (scanner.peek() === SLASH) {
      scanner.pos++;
      scanner.readInteger(); // the texture coordinate, which may be missing
      if (scanner.peek() === SLASH) {
        scanner.pos++;
        if (scanner.readInteger()) normal = resolve(scanner.value, this.normals.count);
      }
    }
    const next = scanner.peek();
    if (vertex < 0 || !(next === -1 || next === 32 || next === 9 || next === 13 || next === BACKSLASH))
      return false;
    this.corners.push(vertex);
    this.cornerNormals.push(normal);
    return true;
  }

  finish(file: string): RawCloud {
    const warnings = this.badVertices.warnings(file, this.rows, 'vertex line');
    if (this.badFaces.count > 0)
      warnings.push(
        `${this.badFaces.count} of ${this.faceRows} faces have invalid indices and were left out`,
      );
    warnings.push(...this.faces.warnings());
    const coloured = this.colours.length > 0 && this.colours.length === this.coords.length;
    if (this.colours.length > 3 * this.badVertices.count && !coloured)
      warnings.push('only some vertices have colours: they were left out');
    return {
      format: 'OBJ',
      coords: this.coords.view(),
      normals: this.normals.perVertex(this.rows),
      colours: coloured ? scaleColours(Float32Array.from(this.colours.view()), 'text') : null,
      faces: this.faces.toArray(),
      attributes: new Map(),
      skipped: this.badVertices.count,
      warnings,
    };
  }
}

/** @returns 0-based index; negative ones count back from the last; -1 when there is no such element */
function resolve(index: number, count: number): number {
  if (index > 0) return index - 1;
  return index < 0 && count + index >= 0 ? count + index : -1;
}
