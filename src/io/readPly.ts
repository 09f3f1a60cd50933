/** PLY: ascii and binary in both byte orders, any scalar types, lists, element order and extra elements. */

import { FormatError } from '../core/errors.ts';
import { type Column, ColumnStore, columnRoles, isPackedColour } from './columns.ts';
import { FaceList } from './faceList.ts';
import type { RawCloud } from './finishCloud.ts';
import { readPlyAscii } from './plyAscii.ts';
import { readPlyBinary } from './plyBinary.ts';
import type { PlyTargets } from './plyBody.ts';
import { type PlyElement, type PlyHeader, parsePlyHeader } from './plyHeader.ts';
import type { ReadHooks } from './report.ts';
import { FLOAT32 } from './scalarTypes.ts';

/** @throws FormatError with line or byte when header and body disagree */
export function readPly(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const header = parsePlyHeader(file, bytes);
  checkCounts(file, header, bytes.length - header.bodyStart);
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
  const targets: PlyTargets = { file, header, vertex, store, faces: new FaceList() };
  const body =
    header.format === 'ascii'
      ? readPlyAscii(bytes, targets, hooks)
      : readPlyBinary(bytes, targets, header.format === 'binary_little_endian', hooks);
  return store.toRawCloud(`PLY ${header.format}`, vertex.rows, {
    faces: targets.faces.toArray(),
    skipped: body.skipped,
    warnings: [...header.warnings, ...body.warnings, ...targets.faces.warnings()],
  });
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
