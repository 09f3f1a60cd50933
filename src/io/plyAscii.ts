/**
 * The body of an ascii PLY file. One row of an element is one line: a row with too few values is then one
 * unreadable row, not the point from which all others are read askew.
 */

import { FormatError } from '../core/errors.ts';
import type { ColumnTarget } from './columns.ts';
import { faceElement, type PlyBody, type PlyTargets } from './plyBody.ts';
import type { PlyElement } from './plyHeader.ts';
import { progressTicker, type ReadHooks, UnreadableRows } from './report.ts';
import { TextScanner } from './textScanner.ts';

/** Values of the list being read; grows to the longest. */
class ListBuffer {
  values = new Float64Array(64);
  length = 0;

  /** @returns false when the line does not hold the list it announces */
  read(scanner: TextScanner): boolean {
    if (!scanner.readNumber() || !scanner.wasInteger || scanner.value < 0) return false;
    // A line cannot hold more numbers than half its bytes, whatever it announces.
    if (scanner.value > scanner.lineEnd - scanner.pos) return false;
    this.length = scanner.value;
    if (this.length > this.values.length) this.values = new Float64Array(this.length * 2);
    for (let i = 0; i < this.length; i++) {
      if (!scanner.readNumber()) return false;
      this.values[i] = scanner.value;
    }
    return true;
  }

  holdsIndices(): boolean {
    for (let i = 0; i < this.length; i++) if (!Number.isInteger(this.values[i])) return false;
    return true;
  }
}

/** @throws FormatError when the file ends early or most vertex rows are unreadable */
export function readPlyAscii(bytes: Uint8Array, targets: PlyTargets, hooks: ReadHooks): PlyBody {
  const { file, header, vertex } = targets;
  const scanner = new TextScanner(bytes, header.bodyStart, header.lines);
  const tick = progressTicker(hooks, 'reading PLY', bytes.length);
  const warnings: string[] = [];
  let skipped = 0;
  for (const element of header.elements) {
    if (element.properties.length === 0) continue;
    const readRow =
      element === vertex ? vertexRow(scanner, targets) : (faceRow(scanner, element, targets) ?? (() => true));
    const bad = new UnreadableRows();
    let longRows = 0;
    for (let row = 0; row < element.rows; row++) {
      tick(row, scanner.nextLineStart);
      nextRow(scanner, file, element, row);
      if (!readRow(row)) bad.add(scanner.line);
      else if (!scanner.atLineEnd()) longRows++;
    }
    warnings.push(...bad.warnings(file, element.rows, `${element.name} row`));
    if (element === vertex) skipped = bad.count;
    if (longRows > 0 && (element === vertex || faceElement(element) !== null))
      warnings.push(`${longRows} ${element.name} rows have more values than the header declares`);
  }
  if (hasMoreRows(scanner)) warnings.push('data behind the last element was ignored');
  return { skipped, warnings };
}

function nextRow(scanner: TextScanner, file: string, element: PlyElement, row: number): void {
  do {
    if (!scanner.nextLine())
      throw new FormatError(
        file,
        `line ${scanner.line}`,
        `the file is cut off: the header declares ${element.rows} rows of "${element.name}", only ${row} follow`,
      );
  } while (scanner.atLineEnd());
}

function hasMoreRows(scanner: TextScanner): boolean {
  while (scanner.nextLine()) if (!scanner.atLineEnd()) return true;
  return false;
}

/** @returns reads the current line as a row of the vertex element; false when it is unreadable */
function vertexRow(scanner: TextScanner, { vertex, store }: PlyTargets): (row: number) => boolean {
  const list = new ListBuffer();
  const columns: { readonly isList: boolean; readonly target: ColumnTarget | null }[] = vertex.properties.map(
    (p, i) => ({ isList: p.count !== null, target: store.target(i) }),
  );
  return (row) => {
    for (const { isList, target } of columns) {
      if (!(isList ? list.read(scanner) : scanner.readNumber())) {
        store.spoil(row);
        return false;
      }
      if (target !== null) target.array[row * target.stride + target.offset] = scanner.value;
    }
    return true;
  };
}

/** @returns reads the current line as a face; null when the element holds no faces */
function faceRow(scanner: TextScanner, element: PlyElement, { faces }: PlyTargets): (() => boolean) | null {
  const face = faceElement(element);
  if (face === null) return null;
  const list = new ListBuffer();
  return () => {
    for (const [i, property] of element.properties.entries()) {
      if (!(property.count === null ? scanner.readNumber() : list.read(scanner))) return false;
      if (i !== face.list) continue;
      if (!list.holdsIndices()) return false;
      if (face.kind === 'strip') faces.strip(list.values, list.length);
      else faces.polygon(list.values, list.length);
    }
    return true;
  };
}
