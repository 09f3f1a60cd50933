/** The header of a PLY file (Greg Turk, 1994), with what writers in the wild add to it. */

import { FormatError } from '../core/errors.ts';
import * as scalars from './scalarTypes.ts';
import { TextScanner } from './textScanner.ts';

export type PlyFormat = 'ascii' | 'binary_little_endian' | 'binary_big_endian';

export interface PlyProperty {
  readonly name: string;
  readonly type: scalars.ScalarType;
  /** Type of the length in front of a list, null for a scalar. */
  readonly count: scalars.ScalarType | null;
}

export interface PlyElement {
  readonly name: string;
  readonly rows: number;
  readonly properties: readonly PlyProperty[];
  /** Header line that declares it, for messages. */
  readonly line: number;
}

export interface PlyHeader {
  readonly format: PlyFormat;
  readonly elements: readonly PlyElement[];
  /** First byte behind the header, and the number of its lines. */
  readonly bodyStart: number;
  readonly lines: number;
  readonly warnings: readonly string[];
}

const TYPES: Readonly<Record<string, scalars.ScalarType>> = {
  char: scalars.INT8,
  int8: scalars.INT8,
  uchar: scalars.UINT8,
  uint8: scalars.UINT8,
  // Not in the specification, but written by some.
  bool: scalars.UINT8,
  short: scalars.INT16,
  int16: scalars.INT16,
  ushort: scalars.UINT16,
  uint16: scalars.UINT16,
  int: scalars.INT32,
  int32: scalars.INT32,
  uint: scalars.UINT32,
  uint32: scalars.UINT32,
  int64: scalars.INT64,
  uint64: scalars.UINT64,
  float: scalars.FLOAT32,
  float32: scalars.FLOAT32,
  double: scalars.FLOAT64,
  float64: scalars.FLOAT64,
};

const FORMATS: readonly string[] = ['ascii', 'binary_little_endian', 'binary_big_endian'];

/** More unknown lines than a careless writer would add: this is no header. */
const MAX_UNKNOWN_LINES = 100;

/** @throws FormatError with the header line that is wrong */
export function parsePlyHeader(file: string, bytes: Uint8Array): PlyHeader {
  const scanner = new TextScanner(bytes);
  const elements: { name: string; rows: number; properties: PlyProperty[]; line: number }[] = [];
  const warnings: string[] = [];
  let format: PlyFormat | null = null;
  scanner.nextLine();
  while (scanner.nextLine()) {
    const fail = (why: string): FormatError => new FormatError(file, `line ${scanner.line}`, why);
    const keyword = scanner.word();
    switch (keyword) {
      case 'format': {
        const name = scanner.word();
        if (!FORMATS.includes(name)) throw fail(`unknown PLY format "${name}"`);
        format = name as PlyFormat; // checked in the line above
        break;
      }
      case 'element': {
        const name = scanner.word();
        const rows = Number(scanner.word() || Number.NaN);
        if (!Number.isSafeInteger(rows) || rows < 0) throw fail(`element ${name} has no valid count`);
        elements.push({ name, rows, properties: [], line: scanner.line });
        break;
      }
      case 'property': {
        const element = elements.at(-1);
        if (element === undefined) throw fail('a property stands before the first element');
        element.properties.push(parseProperty(scanner, fail));
        break;
      }
      case 'end_header':
        if (format === null) throw fail('the PLY header has no format line');
        return { format, elements, bodyStart: scanner.nextLineStart, lines: scanner.line, warnings };
      case 'comment':
      case 'obj_info':
      case '':
        break;
      default:
        if (warnings.length >= MAX_UNKNOWN_LINES) throw fail('this is no PLY header');
        warnings.push(`header line ${scanner.line} is not PLY and was ignored`);
    }
  }
  throw new FormatError(
    file,
    `line ${scanner.line}`,
    'the PLY header has no end_header: is the file cut off?',
  );
}

function parseProperty(scanner: TextScanner, fail: (why: string) => FormatError): PlyProperty {
  const type = (): scalars.ScalarType => {
    const name = scanner.word();
    const found = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;
    if (found === undefined) throw fail(`unknown property type "${name}"`);
    return found;
  };
  const start = scanner.pos;
  const list = scanner.word() === 'list';
  if (!list) scanner.pos = start;
  const count = list ? type() : null;
  if (count?.kind === 'float') throw fail('the length of a list cannot be a floating point number');
  const item = type();
  scanner.skipBlanks();
  return { name: scanner.restOfLine().trim(), type: item, count };
}
