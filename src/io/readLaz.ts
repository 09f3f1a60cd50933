/**
 * LAZ and COPC: LAS whose points are compressed by LASzip. Decoded by laz-perf; loaded when such a file comes.
 *
 * Point formats 0 to 3 are one stream of chunks behind a table, which laz-perf walks itself. Formats 6 to 10 are
 * chunks that say how long they are: they are read from the file one by one. laz-perf knows no waveforms: in
 * formats 9 and 10 their layer is taken out of each chunk, which leaves the chunk of format 6 or 8; in 4 and 5
 * they lie between the points and cannot be taken out.
 */

import { CapacityError, FormatError, throwIfCancelled } from '../core/errors.ts';
import type { ByteSource } from './byteSource.ts';
import type { RawCloud } from './finishCloud.ts';
import { LasColumns } from './lasColumns.ts';
import { type LasHeader, parseLasHeader, RECORD_LENGTHS } from './lasHeader.ts';
import { type LazChunk, nextChunk } from './lazChunk.ts';
import { LazError, LazPerf } from './lazPerf.ts';
import { progressTicker, type ReadHooks } from './report.ts';
import { latin1 } from './textScanner.ts';

/** Points decoded between two looks at the clock. */
const BATCH = 0x4000;

/** Real scans take more than a byte a point; memory for the points is taken only where this can be. */
const POINTS_PER_BYTE = 256;

/** Byte of a record with the scanner channel in its bits 4 and 5. */
const FLAGS = 15;

const WORKS: readonly number[] = [0, 1, 2, 3, 6, 7, 8, 9, 10];

/** @throws FormatError with what the decoder says; CapacityError, CancelledError */
export async function readLaz(
  file: string,
  source: ByteSource,
  module: WebAssembly.Module,
  hooks: ReadHooks,
): Promise<RawCloud> {
  const head = await source.read(0, Math.min(source.size, 375));
  const header = parseLasHeader(file, head);
  const { pointFormat, count, firstRecord } = header;
  if (!WORKS.includes(pointFormat))
    throw new FormatError(
      file,
      'LAS header',
      `compressed points of format ${pointFormat} (with waveforms between the points) are not supported: decompress the file with LASzip first`,
    );
  if (count > (source.size - firstRecord) * POINTS_PER_BYTE)
    throw new FormatError(
      file,
      'LAS header',
      `the header declares ${count} points, ${Math.max(0, source.size - firstRecord)} compressed bytes follow: is the file cut off?`,
    );
  const laz = await LazPerf.open(module);
  try {
    return pointFormat >= 6
      ? await readChunks(file, source, header, laz, hooks)
      : await readStream(source, header, laz, hooks);
  } catch (error) {
    throw explain(file, source, error);
  }
}

/** The decoder says little, and runs out of its memory where a damaged file sends it. */
function explain(file: string, source: ByteSource, error: unknown): unknown {
  if (error instanceof RangeError)
    return new CapacityError(`${file}: the LAZ decoder`, source.size, 2 ** 32, 'bytes');
  const fromDecoder = error instanceof WebAssembly.RuntimeError || error instanceof LazError;
  return fromDecoder
    ? new FormatError(file, 'compressed points', `the LAZ decoder says: ${error.message}`)
    : error;
}

/** Formats 0 to 3: the decoder has the whole file in its memory. */
async function readStream(
  source: ByteSource,
  header: LasHeader,
  laz: LazPerf,
  hooks: ReadHooks,
): Promise<RawCloud> {
  const { memory } = laz;
  const { recordLength, count } = header;
  const at = memory.allocate(source.size);
  for (let start = 0; start < source.size; start += 1 << 23)
    memory.bytes().set(await source.read(start, Math.min(source.size, start + (1 << 23))), at + start);
  const decoder = laz.create('LASZip');
  laz.method('LASZip', 'open', decoder)(at, source.size);
  const columns = new LasColumns(header, 0);
  const next = laz.method('LASZip', 'getPoint', decoder);
  const batch = memory.allocate(BATCH * recordLength);
  const tick = progressTicker(hooks, 'reading LAZ', count);
  for (let row = 0; row < count; row += BATCH) {
    tick(0, row);
    const points = Math.min(BATCH, count - row);
    for (let i = 0; i < points; i++) next(batch + i * recordLength);
    columns.grow(row + points);
    columns.put(memory.bytes().subarray(batch, batch + points * recordLength), row, points);
  }
  return columns.toRawCloud(count, []);
}

/** Formats 6 to 10: one chunk after the other. */
async function readChunks(
  file: string,
  source: ByteSource,
  header: LasHeader,
  laz: LazPerf,
  hooks: ReadHooks,
): Promise<RawCloud> {
  const { count, firstRecord } = header;
  const versions = itemVersions(await source.read(0, Math.min(source.size, firstRecord, MOST_RECORDS)));
  // Waveforms are taken out, so the decoded records are shorter than the file's.
  const plain = withoutWaveforms(header);
  const columns = new LasColumns({ ...plain, compressed: true }, 0);
  // The first eight bytes say where the table of chunks is, which is not needed.
  let at = firstRecord + 8;
  let rows = 0;
  let channels = 0;
  while (rows < count) {
    throwIfCancelled(hooks.signal, 'reading LAZ');
    hooks.onProgress?.({ stage: 'reading LAZ', fraction: rows / count });
    const chunk = await nextChunk(file, source, at, header);
    if (chunk.points === 0 || chunk.points > chunk.bytes.length * POINTS_PER_BYTE)
      throw new FormatError(file, `byte ${at}`, `a chunk that holds ${chunk.points} points is damaged`);
    const points = Math.min(chunk.points, count - rows);
    columns.grow(rows + points);
    channels |= decodeChunk(laz, plain, chunk, points, columns, rows);
    rows += points;
    at += chunk.length;
  }
  const raw = columns.toRawCloud(rows, []);
  const named = { ...raw, format: `LAZ ${header.version} PDRF ${header.pointFormat} (compressed bit)` };
  const several = (channels & (channels - 1)) !== 0;
  return several && COLOUR_ITEMS.some((item) => versions.get(item) === 4) ? withoutColours(named) : named;
}

/** LASzip items with colours, without and with near infrared. */
const COLOUR_ITEMS = [11, 12];
/** Variable length records in front of the points. */
const MOST_RECORDS = 1 << 20;
const RECORD_HEADER = 54;

/** Item -> version, from the record that LASzip writes; empty when it is not found. */
function itemVersions(head: Uint8Array): Map<number, number> {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const versions = new Map<number, number>();
  for (let at = view.getUint16(94, true); at + RECORD_HEADER + 34 <= head.length; ) {
    const body = at + RECORD_HEADER;
    const length = view.getUint16(at + 20, true);
    if (latin1(head, at + 2, at + 18).startsWith('laszip encoded')) {
      const items = view.getUint16(body + 32, true);
      for (let i = 0, item = body + 34; i < items && item + 6 <= head.length; i++, item += 6)
        versions.set(view.getUint16(item, true), view.getUint16(item + 4, true));
    }
    at = body + length;
  }
  return versions;
}

/**
 * LASzip changed how colours follow a change of the scanner channel (item version 4). laz-perf knows version 3
 * only, and would give wrong colours without a word.
 */
function withoutColours(raw: RawCloud): RawCloud {
  const attributes = new Map(raw.attributes);
  attributes.delete('near_infrared');
  const warning =
    'the colours were left out: they are compressed in a way (LASzip item version 4, several scanner channels) that the decoder gets wrong';
  return { ...raw, colours: null, attributes, warnings: [...raw.warnings, warning] };
}

function withoutWaveforms(header: LasHeader): LasHeader {
  const { pointFormat, recordLength } = header;
  if (pointFormat < 9) return header;
  const without = pointFormat === 9 ? 6 : 8;
  const shorter = RECORD_LENGTHS[pointFormat]! - RECORD_LENGTHS[without]!;
  return { ...header, pointFormat: without, recordLength: recordLength - shorter };
}

/** @returns bit c is set where there are points of scanner channel c */
function decodeChunk(
  laz: LazPerf,
  { pointFormat, recordLength }: LasHeader,
  chunk: LazChunk,
  points: number,
  columns: LasColumns,
  first: number,
): number {
  const { memory } = laz;
  const packed = memory.allocate(chunk.bytes.length);
  memory.bytes().set(chunk.bytes, packed);
  const decoder = laz.create('ChunkDecoder');
  laz.method('ChunkDecoder', 'open', decoder)(pointFormat, recordLength, packed);
  const next = laz.method('ChunkDecoder', 'getPoint', decoder);
  const batch = memory.allocate(BATCH * recordLength);
  let channels = 0;
  for (let row = 0; row < points; row += BATCH) {
    const some = Math.min(BATCH, points - row);
    for (let i = 0; i < some; i++) next(batch + i * recordLength);
    const records = memory.bytes().subarray(batch, batch + some * recordLength);
    columns.put(records, first + row, some);
    for (let at = FLAGS; at < records.length; at += recordLength) channels |= 1 << ((records[at]! >> 4) & 3);
  }
  memory.free(batch);
  laz.destroy('ChunkDecoder', decoder);
  memory.free(packed);
  return channels;
}
