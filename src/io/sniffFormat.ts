/** Which format a file has: by its content first, by its extension where the content does not say. */

import { FormatError } from '../core/errors.ts';
import { isPtx } from './readPtx.ts';
import { isBinaryStl } from './readStl.ts';
import { latin1 } from './textScanner.ts';

export type ScanFormat =
  | 'ply'
  | 'pcd'
  | 'npy'
  | 'off'
  | 'las'
  | 'stl ascii'
  | 'stl binary'
  | 'obj'
  | 'ptx'
  | 'text';

/** Endings of the files that scans come in, for picking them out of a folder. */
export const SCAN_EXTENSIONS: readonly string[] = [
  'pcd',
  'ply',
  'obj',
  'stl',
  'off',
  'npy',
  'xyz',
  'txt',
  'csv',
  'pts',
  'ptx',
  'asc',
  'las',
  'laz',
  'e57',
];

/** Extensions whose format is known by its first bytes; a file without them is not what it is called. */
const WITH_MAGIC: Readonly<Record<string, string>> = {
  ply: 'a PLY file begins with "ply"',
  pcd: 'a PCD file begins with a header (VERSION, FIELDS, ... DATA)',
  npy: 'a NumPy file begins with "\\x93NUMPY"',
  off: 'an OFF file begins with "OFF"',
  las: 'a LAS file begins with "LASF"',
  laz: 'a LAZ file begins with "LASF"',
  e57: 'an E57 file begins with "ASTM-E57"',
};

/** Other formats people drop by mistake, or that are not read yet: [first bytes, what it is]. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['GIF8', 'a GIF image'],
  ['II*\0', 'a TIFF image'],
  ['MM\0*', 'a TIFF image'],
  ['RIFF', 'a RIFF file (WebP image, sound or video)'],
  ['%PDF', 'a PDF document'],
  ['PK\x03\x04', 'a ZIP archive (also docx, 3mf, npz, pth)'],
  ['\x1f\x8b', 'a gzip archive'],
  ['7z\xbc\xaf', 'a 7-Zip archive: unpack it first'],
  ['Rar!', 'a RAR archive: unpack it first'],
  ['\x28\xb5\x2f\xfd', 'a Zstandard archive: unpack it first'],
  ['ASTM-E57', 'an E57 scan, which is not read here: export it as PLY or PCD'],
  ['glTF', 'a binary glTF model, which is not supported: export it as PLY or OBJ'],
  ['Kaydara', 'an FBX model, which is not supported: export it as PLY or OBJ'],
  ['\x89HDF', 'an HDF5 file, which is not supported'],
  ['ISO-10303', 'a STEP model, which is not supported: export it as STL or PLY'],
  ['# vtk', 'a VTK file, which is not supported: export it as PLY'],
  ['#VRML', 'a VRML model, which is not supported: export it as PLY or OBJ'],
  ['$MeshFormat', 'a Gmsh model, which is not supported: export it as STL or PLY'],
  ['{', 'a JSON text'],
  ['<', 'an XML or HTML text'],
];

/** "scan.PLY" -> "ply". */
export function extensionOf(name: string): string {
  return /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

/**
 * By its name; a packed scan too. Hidden files and the copies that macOS makes in archives are none.
 */
export function looksLikeScan(path: string): boolean {
  if (/(^|\/)(\.|__MACOSX\/)/.test(path)) return false;
  return SCAN_EXTENSIONS.includes(extensionOf(path.replace(/\.gz$/i, '')));
}

export function isArchive(name: string): boolean {
  return extensionOf(name) === 'zip';
}

/**
 * @param bytes the file, or its beginning; @param size of the whole file
 * @throws FormatError that says what the file is instead, or that it is not known
 */
export function sniffFormat(file: string, bytes: Uint8Array, size = bytes.length): ScanFormat {
  const extension = extensionOf(file);
  const head = latin1(bytes, 0, Math.min(bytes.length, 1024));
  if (/^ply\s/.test(head)) return 'ply';
  if (head.startsWith('\x93NUMPY')) return 'npy';
  if (head.startsWith('LASF')) return 'las';
  if (isPcd(head)) return 'pcd';
  if (isBinaryStl(bytes, size)) return 'stl binary';
  if (/^\s*solid\b/i.test(head) && /\b(facet|endsolid)\b/i.test(head)) return 'stl ascii';
  if (/^\s*(#[^\n]*\n\s*)*(ST)?C?N?4?n?OFF\b/.test(head)) return 'off';
  const other = OTHERS.find(([magic]) => head.startsWith(magic));
  if (other !== undefined && !looksLikePoints(head))
    throw new FormatError(file, '', `this is ${other[1]}${called(extension)}`);
  if (!isText(bytes)) {
    if (extension === 'stl') return 'stl binary';
    throw new FormatError(file, '', `this is binary data of no known scan format${called(extension)}`);
  }
  const expected = Object.hasOwn(WITH_MAGIC, extension) ? WITH_MAGIC[extension] : undefined;
  if (expected !== undefined) throw new FormatError(file, 'line 1', `${expected}, this file does not`);
  if (extension === 'stl')
    throw new FormatError(file, 'line 1', 'a text STL begins with "solid", this file does not');
  if (isPtx(bytes)) return 'ptx';
  return extension === 'obj' || isObj(head) ? 'obj' : 'text';
}

function called(extension: string): string {
  return extension === '' ? '' : `, although it is called .${extension}`;
}

/** A PCD may begin with comments; its keywords are distinctive. */
function isPcd(head: string): boolean {
  return (
    /^# \.PCD/i.test(head) ||
    (/^\s*(VERSION|FIELDS|COLUMNS)\s/im.test(head) && /^\s*(SIZE|TYPE|WIDTH|POINTS|DATA)\s/im.test(head))
  );
}

function isObj(head: string): boolean {
  return /^\s*v\s+[+-]?[\d.]/m.test(head) && !/^\s*[+-]?[\d.]/.test(head);
}

function looksLikePoints(head: string): boolean {
  return /^\s*[+-]?[\d.]+[\s,;]/.test(head);
}

/** No zero bytes and few control characters at the beginning. */
function isText(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 4096);
  let control = 0;
  for (const b of head) {
    if (b === 0) return false;
    if (b < 32 && b !== 9 && b !== 10 && b !== 13 && b !== 12) control++;
  }
  return control * 50 <= head.length;
}
