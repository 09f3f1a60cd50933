/** OFF (Geomview), text form, with optional normals and colours at the vertices (NOFF, COFF, CNOFF). */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, columnRoles } from './columns.ts';
import { FaceList } from './faceList.ts';
import type { RawCloud } from './finishCloud.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { TextScanner } from './textScanner.ts';

/** Letters in front of OFF: texture, colour, normal; 4 and n mean other dimensions than three. */
const MAGIC = /^(ST)?(C)?(N)?(4)?(n)?OFF$/;

function textColumns(...names: string[]): Column[] {
  return names.map((name) => ({ name, kind: 'text', keep: true }));
}

/** @throws FormatError when the counts do not fit the file or most vertices are unreadable */
export function readOff(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const scanner = new TextScanner(bytes);
  const { hasNormals, hasColours } = readMagic(file, scanner);
  const [vertexCount, faceCount] = readCounts(file, scanner, bytes.length);
  const columns = [
    ...textColumns('x', 'y', 'z'),
    ...(hasNormals ? textColumns('nx', 'ny', 'nz') : []),
    ...(hasColours ? textColumns('red', 'green', 'blue') : []),
  ];
  const store = new ColumnStore(columns, columnRoles(columns), vertexCount, false);
  const tick = progressTicker(hooks, 'reading OFF', bytes.length);
  const bad = new UnreadableRows();
  for (let row = 0; row < vertexCount; row++) {
    tick(row, scanner.nextLineStart);
    nextRow(file, scanner, 'vertices', vertexCount, row);
    for (let c = 0; c < columns.length; c++) {
      if (!scanner.readNumber()) {
        store.spoil(row);
        bad.add(scanner.line);
        break;
      }
      const target = store.target(c)!; // every column is kept
      target.array[row * target.stride + target.offset] = scanner.value;
    }
  }
  const warnings = bad.warnings(file, vertexCount, 'vertex row');
  const faces = readFaces(file, scanner, faceCount);
  return store.toRawCloud('OFF', vertexCount, {
    faces: faces.toArray(),
    skipped: bad.count,
    warnings: [...warnings, ...faces.warnings()],
  });
}

function readMagic(file: string, scanner: TextScanner): { hasNormals: boolean; hasColours: boolean } {
  nextRow(file, scanner, 'header lines', 1, 0);
  const magic = scanner.word();
  const match = MAGIC.exec(magic);
  if (match === null)
    throw new FormatError(file, `line ${scanner.line}`, `"${magic}" does not begin an OFF file`);
  if (match[4] !== undefined || match[5] !== undefined)
    throw new FormatError(file, `line ${scanner.line}`, `${magic} holds points of another dimension than 3`);
  if (/binary/i.test(scanner.restOfLine()))
    throw new FormatError(file, `line ${scanner.line}`, 'binary OFF is not supported: export it as text');
  return { hasNormals: match[3] !== undefined, hasColours: match[2] !== undefined };
}

/** The counts stand behind the magic word or on the next line. Memory is taken by them, so they are checked. */
function readCounts(file: string, scanner: TextScanner, length: number): [number, number] {
  if (scanner.atLineEnd()) nextRow(file, scanner, 'count lines', 1, 0);
  const count = (): number => (scanner.readNumber() && scanner.wasInteger ? scanner.value : -1);
  const vertices = count();
  const faces = count();
  const fail = (why: string): FormatError => new FormatError(file, `line ${scanner.line}`, why);
  if (!(vertices >= 0 && faces >= 0)) throw fail('the vertex and face counts cannot be read');
  // A vertex takes at least "0 0 0\n", a face "3 0 1 2\n"; the last line may lack its end.
  if (vertices * 6 + faces * 2 > length - scanner.pos + 1)
    throw fail(
      `the header declares ${vertices} vertices and ${faces} faces, the file has only ${length} bytes: is it cut off?`,
    );
  return [vertices, faces];
}

function nextRow(file: string, scanner: TextScanner, what: string, declared: number, row: number): void {
  do {
    if (!scanner.nextLine())
      throw new FormatError(
        file,
        `line ${scanner.line}`,
        `the file is cut off: ${declared} ${what} expected, ${row} found`,
      );
  } while (scanner.atLineEnd());
}

function readFaces(file: string, scanner: TextScanner, count: number): FaceList {
  const faces = new FaceList();
  const corners: number[] = [];
  for (let row = 0; row < count; row++) {
    nextRow(file, scanner, 'faces', count, row);
    corners.length = 0;
    const size = scanner.readNumber() ? scanner.value : 0;
    while (corners.length < size && scanner.readNumber() && scanner.wasInteger) corners.push(scanner.value);
    faces.polygon(corners, corners.length === size ? size : 0);
  }
  return faces;
}
