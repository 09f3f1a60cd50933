/** Points as text: CSV with a header row (RFC 4180), or XYZ with the names in a comment. */

import type { PointCloud } from '../core/types.ts';
import {
  commentLines,
  decimal,
  positionColumns,
  scalarColumns,
  tripleColumns,
  type WriteColumn,
  type WriteOptions,
} from './writeColumns.ts';

export interface WriteTextOptions extends WriteOptions {
  /** `csv`: commas and a header row; `xyz`: blanks, names and remarks in comments. */
  readonly layout: 'csv' | 'xyz';
}

/** Rows joined at once: strings have an end, files of many millions of points do not. */
const BLOCK = 16_384;

/**
 * Positions in source units, normals, colours, attributes and the further scalars, in the shortest form that
 * gives the same float back. Not finite values are written as nan and inf.
 * @throws InvalidInputError when a scalar has another length than the cloud
 */
export function writeText(cloud: PointCloud, options: WriteTextOptions): Uint8Array<ArrayBuffer> {
  const points = cloud.positions.length / 3;
  const csv = options.layout === 'csv';
  const fixed: WriteColumn[] = [
    ...positionColumns(cloud),
    ...tripleColumns(['nx', 'ny', 'nz'], 'float32', cloud.normals),
    ...tripleColumns(['red', 'green', 'blue'], 'uint8', cloud.colours),
  ];
  const columns = [...fixed, ...scalarColumns(cloud, options, fixed, csv ? 'any' : 'word')];
  const names = columns.map(({ name }) => name);
  const head = csv
    ? `${names.map(cell).join(',')}\r\n`
    : [...commentLines(options, '#'), `# ${names.join(' ')}`].map((line) => `${line}\n`).join('');
  const encoder = new TextEncoder();
  const parts = [encoder.encode(head)];
  for (let row = 0; row < points; row += BLOCK) {
    let text = '';
    for (let i = row; i < Math.min(points, row + BLOCK); i++) {
      for (let c = 0; c < columns.length; c++) {
        const { value, type } = columns[c]!;
        text += (c === 0 ? '' : csv ? ',' : ' ') + decimal(value(i), type);
      }
      text += csv ? '\r\n' : '\n';
    }
    parts.push(encoder.encode(text));
  }
  return joined(parts);
}

/** Quoted where a separator, a quote or a line end is in it. */
function cell(name: string): string {
  return /[",;\r\n\t]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
