/**
 * The last step of every reader, the same for all formats: rows without finite coordinates are dropped and
 * faces renumbered, the origin is chosen, normals are made unit.
 */

import { FormatError } from '../core/errors.ts';
import type { PointCloud, Vec3 } from '../core/types.ts';
import type { ScanFile } from './report.ts';

/** What a format reader produces: T rows as the file has them, nothing dropped yet. */
export interface RawCloud {
  readonly format: string;
  /** [3T] source units; rows that could not be read are NaN. */
  readonly coords: Float32Array | Float64Array;
  /** [3T] any length. */
  readonly normals: Float32Array | null;
  /** [3T] */
  readonly colours: Uint8Array | null;
  /** [3F] file rows of triangle corners, null when the format has none; indices may be out of range. */
  readonly faces: Uint32Array | null;
  /** Name -> [T]. */
  readonly attributes: ReadonlyMap<string, Float32Array>;
  /** How many rows are NaN because they could not be read. */
  readonly skipped: number;
  readonly warnings: readonly string[];
}

interface Bounds {
  readonly min: number[];
  readonly max: number[];
}

/**
 * Coordinates further from zero than this many extents lose too much in float32: at 8 the rounding is
 * 2^-24 * 8 = 5e-7 of the extent, a hundredth of what a voxel boundary can notice.
 */
const FAR = 8;

/** Squares of larger coordinates overflow float32: they are as good as infinite. */
const LARGEST = 1e18;

/**
 * @param id of the cloud, made from the file's content
 * @throws FormatError "no points" when no row has finite coordinates
 */
export function finishCloud(name: string, id: string, raw: RawCloud): ScanFile {
  const totalRows = raw.coords.length / 3;
  const { kept, bounds } = finiteRows(raw.coords);
  const points = kept === null ? totalRows : kept.length;
  if (points === 0) throw noPoints(name, raw, totalRows);
  const warnings = [...raw.warnings];
  const origin = chooseOrigin(bounds);
  const faces = keepFaces(raw.faces, totalRows, kept, warnings);
  const cloud: PointCloud = {
    id,
    name,
    positions: relativeTo(raw.coords, origin, kept),
    origin,
    normals: unitNormals(gather(raw.normals, 3, kept), warnings),
    colours: gather(raw.colours, 3, kept),
    faces,
    attributes: Object.fromEntries(
      [...raw.attributes].map(([key, values]) => [key, gather(values, 1, kept)]),
    ),
  };
  return {
    cloud,
    report: {
      format: raw.format,
      points,
      faces: faces === null ? 0 : faces.length / 3,
      skipped: raw.skipped,
      nan: totalRows - points - raw.skipped,
      warnings,
    },
    totalRows,
    keptRows: kept,
  };
}

function noPoints(name: string, raw: RawCloud, totalRows: number): FormatError {
  if (totalRows === 0)
    return new FormatError(name, '', `no points: the ${raw.format} file holds no vertices`);
  return new FormatError(name, '', `no points: none of the ${totalRows} rows has finite coordinates`);
}

/** Which rows have three finite coordinates (null: all of them), and the bounds of those. */
function finiteRows(coords: RawCloud['coords']): { kept: Uint32Array | null; bounds: Bounds } {
  const total = coords.length / 3;
  const min = [Infinity, Infinity, Infinity];
  const max = [-Infinity, -Infinity, -Infinity];
  let kept: Uint32Array | null = null;
  let count = 0;
  for (let row = 0; row < total; row++) {
    const [x, y, z] = [coords[row * 3]!, coords[row * 3 + 1]!, coords[row * 3 + 2]!];
    // False for NaN too.
    if (!(Math.abs(x) + Math.abs(y) + Math.abs(z) < LARGEST)) {
      kept ??= Uint32Array.from({ length: total }, (_, i) => i);
      continue;
    }
    if (kept !== null) kept[count] = row;
    count++;
    if (x < min[0]!) min[0] = x;
    if (y < min[1]!) min[1] = y;
    if (z < min[2]!) min[2] = z;
    if (x > max[0]!) max[0] = x;
    if (y > max[1]!) max[1] = y;
    if (z > max[2]!) max[2] = z;
  }
  return { kept: kept === null ? null : kept.slice(0, count), bounds: { min, max } };
}

/**
 * Zero for a cloud that lies near zero; otherwise its centre, rounded to a power of two of about its size,
 * so that subtracting it from float32 coordinates is exact.
 */
function chooseOrigin({ min, max }: Bounds): Vec3 {
  const extent = Math.max(...max.map((m, i) => m - min[i]!));
  const centre = max.map((m, i) => min[i]! + (m - min[i]!) / 2) as [number, number, number];
  const far = Math.max(...centre.map(Math.abs)) > FAR * extent;
  if (!far) return [0, 0, 0];
  if (extent === 0) return centre.every((c) => Math.fround(c) === c) ? [0, 0, 0] : centre;
  const step = 2 ** Math.floor(Math.log2(extent));
  const snap = (c: number): number => Math.round(c / step) * step + 0;
  return [snap(centre[0]), snap(centre[1]), snap(centre[2])];
}

/** [3K] coordinates of the kept rows minus the origin, subtracted in float64. */
function relativeTo(coords: RawCloud['coords'], origin: Vec3, kept: Uint32Array | null): Float32Array {
  const atZero = origin.every((o) => o === 0);
  if (atZero && kept === null && coords instanceof Float32Array && ownsBuffer(coords)) return coords;
  const count = kept === null ? coords.length / 3 : kept.length;
  const positions = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) {
    const from = (kept === null ? i : kept[i]!) * 3;
    positions[i * 3] = coords[from]! - origin[0];
    positions[i * 3 + 1] = coords[from + 1]! - origin[1];
    positions[i * 3 + 2] = coords[from + 2]! - origin[2];
  }
  return positions;
}

/** Arrays of a cloud are transferred between threads, so none may share its buffer with something else. */
function ownsBuffer(array: Float32Array | Uint8Array): boolean {
  return array.byteLength === array.buffer.byteLength;
}

/** The kept rows of an array with `width` numbers a row, in a buffer of its own. */
function gather<T extends Float32Array | Uint8Array | null>(
  array: T,
  width: number,
  kept: Uint32Array | null,
): T;
function gather(
  array: Float32Array | Uint8Array | null,
  width: number,
  kept: Uint32Array | null,
): Float32Array | Uint8Array | null {
  if (array === null) return null;
  if (kept === null) return ownsBuffer(array) ? array : array.slice();
  const length = kept.length * width;
  const out = array instanceof Float32Array ? new Float32Array(length) : new Uint8Array(length);
  for (let i = 0; i < kept.length; i++)
    for (let k = 0; k < width; k++) out[i * width + k] = array[kept[i]! * width + k]!;
  return out;
}

/** Makes normals unit, in place; a file with a normal that has no direction is treated as having none. */
function unitNormals(normals: Float32Array | null, warnings: string[]): Float32Array | null {
  if (normals === null) return null;
  let bad = 0;
  for (let i = 0; i < normals.length; i += 3) {
    const length = Math.hypot(normals[i]!, normals[i + 1]!, normals[i + 2]!);
    if (!(length > 0 && length < Infinity)) {
      bad++;
      continue;
    }
    // Leave unit normals as they are: rounding them again would change what the file says.
    if (Math.abs(length - 1) < 1e-6) continue;
    for (let k = 0; k < 3; k++) normals[i + k]! /= length;
  }
  if (bad === 0) return normals;
  warnings.push(`the file's normals are not used: ${bad} of ${normals.length / 3} are zero or not finite`);
  return null;
}

/** Renumbers faces to the kept rows; those that refer to a missing row are left out with a warning. */
function keepFaces(
  faces: Uint32Array | null,
  totalRows: number,
  kept: Uint32Array | null,
  warnings: string[],
): Uint32Array | null {
  if (faces === null || faces.length === 0) return null;
  const renumbered = kept === null ? null : new Uint32Array(totalRows).fill(0xffffffff);
  kept?.forEach((row, i) => {
    if (renumbered !== null) renumbered[row] = i;
  });
  const out = new Uint32Array(faces.length);
  let length = 0;
  for (let f = 0; f < faces.length; f += 3) {
    let valid = true;
    for (let k = 0; k < 3; k++) {
      const row = faces[f + k]!;
      const vertex = row >= totalRows ? 0xffffffff : renumbered === null ? row : renumbered[row]!;
      out[length + k] = vertex;
      valid &&= vertex !== 0xffffffff;
    }
    if (valid) length += 3;
  }
  const lost = (faces.length - length) / 3;
  if (lost > 0)
    warnings.push(`${lost} of ${faces.length / 3} triangles refer to missing vertices and were left out`);
  return length === 0 ? null : out.slice(0, length);
}
