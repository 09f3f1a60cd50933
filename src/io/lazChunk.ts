/**
 * One chunk of LAZ point formats 6 to 10: the first point as it is, how many points there are, the length of
 * each compressed layer, the layers. Source: LASzip 3 (laszip/laszip, lasreadpoint.cpp and
 * lasreaditemcompressed_v3.cpp).
 */

import { FormatError } from '../core/errors.ts';
import type { ByteSource } from './byteSource.ts';
import { type LasHeader, RECORD_LENGTHS } from './lasHeader.ts';

export interface LazChunk {
  readonly points: number;
  /** What the decoder takes: the chunk, its layer of waveforms left out. */
  readonly bytes: Uint8Array;
  /** Bytes it takes in the file. */
  readonly length: number;
}

/** Layers of the point itself (coordinates, classification, flags, intensity, angle, ...). */
const POINT_LAYERS = 9;
/** Layers of colour, and of colour with near infrared. */
const COLOUR_LAYERS: Readonly<Record<number, number>> = { 7: 1, 8: 2, 10: 2 };
/** Bytes of a record in front of its waveform packet: 29 bytes. */
const WAVEFORM_AT: Readonly<Record<number, number>> = { 9: 30, 10: 38 };
const WAVEFORM_BYTES = 29;

/** @param at first byte of the chunk @throws FormatError when the file ends within it */
export async function nextChunk(
  file: string,
  source: ByteSource,
  at: number,
  { pointFormat, recordLength }: LasHeader,
): Promise<LazChunk> {
  const cutOff = (need: number): FormatError =>
    new FormatError(
      file,
      `byte ${at}`,
      `the file is cut off: a chunk of compressed points takes ${need} bytes, ${Math.max(0, source.size - at)} follow`,
    );
  const colours = COLOUR_LAYERS[pointFormat] ?? 0;
  const waveform = WAVEFORM_AT[pointFormat];
  const extra = recordLength - RECORD_LENGTHS[pointFormat]!;
  const layers = POINT_LAYERS + colours + (waveform === undefined ? 0 : 1) + extra;
  const sizesAt = recordLength + 4;
  const headLength = sizesAt + 4 * layers;
  if (at + headLength > source.size) throw cutOff(headLength);
  const head = await source.read(at, at + headLength);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const sizes = Array.from({ length: layers }, (_, i) => view.getUint32(sizesAt + 4 * i, true));
  const length = sizes.reduce((sum, size) => sum + size, headLength);
  if (at + length > source.size) throw cutOff(length);
  const bytes = await source.read(at, at + length);
  const points = view.getUint32(recordLength, true);
  if (waveform === undefined) return { points, bytes, length };
  const layer = POINT_LAYERS + colours;
  const layerAt = sizes.slice(0, layer).reduce((sum, size) => sum + size, headLength);
  const sizeAt = sizesAt + 4 * layer;
  return {
    points,
    bytes: joined([
      bytes.subarray(0, waveform),
      bytes.subarray(waveform + WAVEFORM_BYTES, sizeAt),
      bytes.subarray(sizeAt + 4, layerAt),
      bytes.subarray(layerAt + sizes[layer]!),
    ]),
    length,
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
