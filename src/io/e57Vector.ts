/** A compressed vector of an E57 file: packets with one stream of packed values per field. ASTM E2807, section 9.3. */

import { FormatError, throwIfCancelled } from '../core/errors.ts';
import { bitsOf, type E57Field, FieldDecoder } from './e57Fields.ts';
import type { E57Pages } from './e57Pages.ts';
import type { ReadHooks } from './report.ts';

const SECTION_HEADER = 32;
const VECTOR_SECTION = 1;
const PACKET = { index: 0, data: 1, ignored: 2 } as const;

export interface E57Vector {
  readonly fields: readonly E57Field[];
  readonly records: number;
  /** Byte of the file where its section begins. */
  readonly fileOffset: number;
}

/**
 * @returns field name -> [records] values; text fields are left out
 * @throws FormatError when the section is damaged, cut off or too short for its records
 */
export async function readVector(
  file: string,
  pages: E57Pages,
  { fields, records, fileOffset }: E57Vector,
  hooks: ReadHooks,
): Promise<Map<string, Float64Array>> {
  const fail = (why: string) => new FormatError(file, `byte ${fileOffset}`, why);
  const header = await pages.read(pages.logical(fileOffset), SECTION_HEADER);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  if (header[0] !== VECTOR_SECTION) throw fail('there is no section of points here');
  const length = Number(view.getBigUint64(8, true));
  const end = pages.logical(fileOffset) + length;
  let at = pages.logical(Number(view.getBigUint64(16, true)));
  if (end > pages.length) throw fail('the file is cut off within its points');
  if (records * bitsPerRecord(fields) > length * 8) throw fail(tooMany(records, length));
  const decoders = fields.map((field) => new FieldDecoder(field, records));
  const complete = () => decoders.every((decoder) => decoder.done === decoder.values.length);
  while (!complete()) {
    throwIfCancelled(hooks.signal, file);
    hooks.onProgress?.({ stage: 'reading E57', fraction: Math.min(1, 1 - (end - at) / length) });
    if (at + 4 > end) throw fail(`the section ends before all ${records} points are read`);
    at += await readPacket(pages, at, decoders, fail);
  }
  return new Map(
    fields.flatMap(({ name, packing }, i) => (packing.kind === 'text' ? [] : [[name, decoders[i]!.values]])),
  );
}

/** A record that takes no bits at all is allowed once for every bit there is. */
function bitsPerRecord(fields: readonly E57Field[]): number {
  return Math.max(
    1,
    fields.reduce((sum, field) => sum + bitsOf(field), 0),
  );
}

function tooMany(records: number, bytes: number): string {
  return `${records} points are declared, the ${bytes} bytes there are cannot hold them`;
}

/** Before memory is taken for them. @throws FormatError when the whole file is too short for the points */
export function checkRecords(file: string, pages: E57Pages, vectors: readonly E57Vector[]): void {
  const bits = vectors.reduce((sum, { records, fields }) => sum + records * bitsPerRecord(fields), 0);
  if (bits <= pages.length * 8) return;
  const records = vectors.reduce((sum, vector) => sum + vector.records, 0);
  throw new FormatError(file, 'E57 XML', tooMany(records, pages.length));
}

/** @returns its length */
async function readPacket(
  pages: E57Pages,
  at: number,
  decoders: readonly FieldDecoder[],
  fail: (why: string) => FormatError,
): Promise<number> {
  const start = await pages.read(at, 4);
  const length = (start[2]! | (start[3]! << 8)) + 1;
  const [type] = start;
  if (type === PACKET.index || type === PACKET.ignored) return length;
  if (type !== PACKET.data) throw fail(`a packet of kind ${type} is not known: is the file damaged?`);
  const packet = await pages.read(at, length);
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const streams = length >= 6 ? view.getUint16(4, true) : 0;
  if (streams !== decoders.length)
    throw fail(`a packet has ${streams} streams for ${decoders.length} fields: is the file damaged?`);
  let from = 6 + 2 * streams;
  if (from > length) throw fail('a packet is shorter than its own header: is the file damaged?');
  for (const [i, decoder] of decoders.entries()) {
    const size = view.getUint16(6 + 2 * i, true);
    if (from + size > length) throw fail('a packet is shorter than its streams: is the file damaged?');
    decoder.push(packet.subarray(from, from + size));
    from += size;
  }
  return length;
}
