/**
 * Nameless columns behind x, y, z (text without a header, plain NumPy arrays): normals are recognised by
 * their length of one, colours by being whole numbers up to 255, a single whole-number column is a label.
 */

import { scaleColours } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';

type Attributes = readonly (readonly [string, Float32Array])[];

/**
 * @param raw its attributes are the columns behind z, in order
 * @param extension decides where the values alone cannot: .pts has the intensity in front of the colour
 */
export function guessColumnGroups(raw: RawCloud, extension: string): RawCloud {
  const columns: Attributes = [...raw.attributes];
  const attributes = new Map<string, Float32Array>();
  let normals: Float32Array | null = null;
  let colours: Uint8Array | null = null;
  for (let c = 0; c < columns.length; ) {
    const three = columns.slice(c, c + 3);
    // In .pts four columns remain: intensity r g b. Without this an intensity of 0..255 would be taken for red.
    const intensityFirst = extension === 'pts' && c === 0 && (columns.length === 4 || columns.length === 7);
    if (three.length === 3 && !intensityFirst) {
      if (normals === null && areNormals(three)) {
        normals = interleave(three);
        c += 3;
        continue;
      }
      if (colours === null && areColours(three)) {
        colours = scaleColours(interleave(three), 'integer');
        c += 3;
        continue;
      }
    }
    attributes.set(scalarName(columns, c, extension), columns[c]![1]);
    c++;
  }
  return { ...raw, normals: raw.normals ?? normals, colours: raw.colours ?? colours, attributes };
}

function scalarName(columns: Attributes, index: number, extension: string): string {
  const [name, values] = columns[index]!;
  if (extension === 'pts' && index === 0) return 'intensity';
  const label = columns.length === 1 && values.every((v) => Number.isInteger(v) && v >= 0 && v <= 255);
  return label ? 'label' : name;
}

/** Rows of NaN (unreadable ones) do not count; zero vectors do not speak for normals, nor against them. */
function areNormals(three: Attributes): boolean {
  const [[, x], [, y], [, z]] = three as [Attributes[0], Attributes[0], Attributes[0]];
  let units = 0;
  for (let i = 0; i < x.length; i++) {
    const length = Math.hypot(x[i]!, y[i]!, z[i]!);
    if (length === 0 || Number.isNaN(length)) continue;
    if (Math.abs(length - 1) > 0.02) return false;
    units++;
  }
  return units * 2 > x.length;
}

function areColours(three: Attributes): boolean {
  let max = 0;
  for (const [, values] of three)
    for (const v of values) {
      if (Number.isNaN(v)) continue;
      if (!(Number.isInteger(v) && v >= 0 && v <= 255)) return false;
      if (v > max) max = v;
    }
  // Flags and small class numbers are no colours.
  return max > 15;
}

function interleave(three: Attributes): Float32Array {
  const rows = three[0]![1].length;
  const out = new Float32Array(rows * 3);
  three.forEach(([, values], k) => {
    for (let i = 0; i < rows; i++) out[i * 3 + k] = values[i]!;
  });
  return out;
}
