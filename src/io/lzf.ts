/** LZF, the compression of PCD's binary_compressed (Marc Lehmann's liblzf format). */

/**
 * A back reference of three bytes yields at most 264: no honest stream expands more. Checked before memory
 * is taken for a size that only the header claims.
 */
export const LZF_MAX_RATIO = 88;

/**
 * @returns `outLength` bytes
 * @throws Error when the stream is damaged or holds another number of bytes
 */
export function lzfDecompress(input: Uint8Array, outLength: number): Uint8Array {
  const out = new Uint8Array(outLength);
  let i = 0;
  let o = 0;
  while (i < input.length) {
    const control = input[i++]!;
    if (control < 32) {
      const length = control + 1;
      if (i + length > input.length || o + length > outLength) throw damaged(i);
      out.set(input.subarray(i, i + length), o);
      i += length;
      o += length;
      continue;
    }
    let length = control >>> 5;
    if (length === 7) length += input[i++] ?? 0;
    length += 2;
    let from = o - ((control & 31) << 8) - (input[i++] ?? 0) - 1;
    if (i > input.length || from < 0 || o + length > outLength) throw damaged(i);
    // Byte by byte: the source may overlap what is being written.
    for (let k = 0; k < length; k++) out[o++] = out[from++]!;
  }
  if (o !== outLength) throw new Error(`the compressed data holds ${o} bytes instead of ${outLength}`);
  return out;
}

function damaged(at: number): Error {
  return new Error(`the compressed data is damaged at its byte ${at}`);
}
