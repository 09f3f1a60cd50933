/** PLY: ascii and binary in both byte orders, any scalar types, lists, element order and extra elements. */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, columnRoles, isPackedColour } from './columns.ts';
import { FaceList } from './faceList.ts';
import type { RawCloud } from './finishCloud.ts';
import { readPlyAscii } from './plyAscii.ts';
import { readPlyBinary, trailing } from './plyBinary.ts';
import type { PlyBody, PlyTargets } from './plyBody.ts';
import { type PlyElement, type PlyHeader, parsePlyHeader } from './plyHeader.ts';
import type { ReadHooks } from './report.ts';
import { type RowColumn, type RowPlan, readRows, rowSpreader } from './rowPlan.ts';
import { FLOAT32 } from './scalarTypes.ts';

/** @param size of the whole file, of which `head` is the beginning */
function open(file: string, head: Uint8Array, size: number): PlyTargets {
  const header = parsePlyHeader(file, head);
  checkCounts(file, header, size - header.bodyStart);
  const vertex = vertexElement(file, header);
  const columns: Column[] = vertex.properties.map((p) => ({
    name: p.name,
    kind: p.type.kind,
    // A colour packed into the bits of a float, as PCL does, is not worth its special case here.
    keep: p.count === null && !(isPackedColour(p.name) && p.type.kind === 'float'),
  }));
  const roles = columnRoles(columns);
  if (roles.position === null)
    throw new FormatError(
      file,
      `line ${vertex.line}`,
      `element ${vertex.name} has no x, y and z (it has: ${columns.map((c) => c.name).join(', ') || 'nothing'})`,
    );
  // Ascii coordinates are read as float64 whatever the header says: many writers say float and write more.
  const float32 =
    header.format !== 'ascii' &&
    roles.position.every((i) => {
      const { type } = vertex.properties[i]!;
      return type === FLOAT32 || type.bytes < 4;
    });
  const store = new ColumnStore(columns, roles, vertex.rows, float32);
  return { file, header, vertex, store, faces: new FaceList() };
}

function finish({ header, vertex, store, faces }: PlyTargets, body: PlyBody): RawCloud {
  return store.toRawCloud(`PLY ${header.format}`, vertex.rows, {
    faces: faces.toArray(),
    skipped: body.skipped,
    warnings: [...header.warnings, ...body.warnings, ...faces.warnings()],
  });
}

/** @throws FormatError with line or byte when header and body disagree */
export function readPly(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const plan = planPly(file, bytes, bytes.length, hooks);
  if (plan !== null) return readRows(plan, bytes, hooks);
  const targets = open(file, bytes, bytes.length);
  const { header } = targets;
  const body =
    header.format === 'ascii'
      ? readPlyAscii(bytes, targets, hooks)
      : readPlyBinary(bytes.subarray(header.bodyStart), header.bodyStart, header.elements, targets, hooks);
  return finish(targets, body);
}

/**
 * @param head the beginning of the file with its header; @param size of the whole file
 * @returns null unless the file begins with vertices of one size in binary
 * @throws as `readPly`
 */
export function planPly(file: string, head: Uint8Array, size: number, hooks: ReadHooks): RowPlan | null {
  const { format, elements, bodyStart } = parsePlyHeader(file, head);
  const [first, ...others] = elements;
  if (format === 'ascii' || first === undefined || first.properties.some((p) => p.count !== null))
    return null;
  const targets = open(file, head, size);
  if (targets.vertex.line !== first.line) return null;
  let rowBytes = 0;
  const columns = first.properties.map(({ type }, column): RowColumn => {
    const offset = rowBytes;
    rowBytes += type.bytes;
    return { type, offset, column };
  });
  const end = bodyStart + rowBytes * first.rows;
  return {
    start: bodyStart,
    rowBytes,
    rows: first.rows,
    stage: 'reading PLY',
    put: rowSpreader(targets.store, columns, rowBytes, format === 'binary_little_endian'),
    wantsRest: others.length > 0,
    finish: (rest) =>
      finish(
        targets,
        others.length > 0
          ? readPlyBinary(rest, end, others, targets, hooks)
          : { skipped: 0, warnings: trailing(size - end) },
      ),
  };
}

function vertexElement(file: string, header: PlyHeader): PlyElement {
  const byName = header.elements.find((e) => /^(vertex|vertices|points?)$/i.test(e.name));
  if (byName === undefined)
    throw new FormatError(
      file,
      `line ${header.lines}`,
      `no points: the PLY header has no vertex element (it has: ${header.elements.map((e) => e.name).join(', ') || 'no elements'})`,
    );
  return byName;
}

/** Memory is taken by the header's counts, so the body must be long enough to hold them. */
function checkCounts(file: string, header: PlyHeader, available: number): void {
  let needed = 0;
  for (const { name, rows, properties, line } of header.elements) {
    // In text a value takes a digit and a separator; the very last separator may be missing.
    const bytesPerRow = properties.reduce(
      (sum, p) => sum + (header.format === 'ascii' ? 2 : (p.count ?? p.type).bytes),
      0,
    );
    needed += rows * bytesPerRow;
    if (needed > available + (header.format === 'ascii' ? 1 : 0))
      throw new FormatError(
        file,
        `line ${line}`,
        `the header declares ${rows} rows of "${name}", the ${available} bytes behind it cannot hold them: is the file cut off?`,
      );
  }
}
