/**
 * The outer form of a bundle: a header with length and checksum, then sections. docs/share-format.md has it
 * byte by byte. A section whose tag begins with a small letter may be skipped by who does not know it.
 */

import { crc32 } from './crc32.ts';
import { deflate, inflate, joined } from './deflate.ts';
import { ShareError } from './problem.ts';

const BUNDLE_VERSION = 1;
const MAGIC = 0x53334f50; // "PO3S", little-endian
const HEADER = 16;
const SECTION_HEADER = 13;
const MOST_SECTIONS = 64;
/** Nothing larger is opened. */
export const MOST_BUNDLE_BYTES = 64e6;

type Bytes = Uint8Array<ArrayBuffer>;

export interface Section {
  readonly tag: string;
  /** Deflate streams, which expand to equal lengths. */
  readonly streams: readonly Bytes[];
  /** Bytes of all streams together once expanded. */
  readonly length: number;
}

/** @param planes of equal length */
export async function packSection(tag: string, planes: readonly Bytes[]): Promise<Section> {
  const streams = await Promise.all(planes.map((plane) => deflate(plane)));
  return { tag, streams, length: planes.reduce((sum, plane) => sum + plane.length, 0) };
}

export function sectionBytes({ streams }: Section): number {
  return SECTION_HEADER + streams.reduce((sum, stream) => sum + 4 + stream.length, 0);
}

export function writeContainer(sections: readonly Section[]): Bytes {
  const total = HEADER + sections.reduce((sum, section) => sum + sectionBytes(section), 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, BUNDLE_VERSION, true);
  view.setUint16(6, sections.length, true);
  view.setUint32(8, total, true);
  let at = HEADER;
  for (const section of sections) {
    const { tag, streams, length } = section;
    for (let i = 0; i < 4; i++) bytes[at + i] = tag.charCodeAt(i);
    view.setUint32(at + 4, sectionBytes(section) - SECTION_HEADER, true);
    view.setUint32(at + 8, length, true);
    bytes[at + 12] = streams.length;
    at += SECTION_HEADER;
    for (const stream of streams) {
      view.setUint32(at, stream.length, true);
      bytes.set(stream, at + 4);
      at += 4 + stream.length;
    }
  }
  view.setUint32(12, crc32(bytes.subarray(HEADER)), true);
  return bytes;
}

/** Checks the header alone: what a link that was cut is recognised by. @throws ShareError */
function checkHeader(bytes: Bytes): DataView {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint32(0, true) !== MAGIC)
    throw new ShareError('damaged', 'byte 0', 'this is no shared heatmap');
  if (bytes.length < HEADER)
    throw new ShareError('cut', 'byte 4', `only ${bytes.length} bytes of the header are there`);
  const version = view.getUint16(4, true);
  if (version !== BUNDLE_VERSION)
    throw new ShareError(
      version > BUNDLE_VERSION ? 'newer' : 'damaged',
      'byte 4',
      `format ${version}; this page reads format ${BUNDLE_VERSION}`,
    );
  const total = view.getUint32(8, true);
  if (total > MOST_BUNDLE_BYTES)
    throw new ShareError('too-large', 'byte 8', `${total} bytes; at most ${MOST_BUNDLE_BYTES} are opened`);
  if (bytes.length < total)
    throw new ShareError('cut', `byte ${bytes.length}`, `${bytes.length} of ${total} bytes are there`);
  if (bytes.length > total)
    throw new ShareError('damaged', `byte ${total}`, `${bytes.length - total} bytes too many`);
  if (crc32(bytes.subarray(HEADER)) !== view.getUint32(12, true))
    throw new ShareError('damaged', 'byte 12', 'the checksum does not fit: something was changed on the way');
  return view;
}

/** @returns sections by tag, not yet expanded @throws ShareError */
export function readContainer(bytes: Bytes): ReadonlyMap<string, Section> {
  const view = checkHeader(bytes);
  const count = view.getUint16(6, true);
  if (count > MOST_SECTIONS) throw new ShareError('damaged', 'byte 6', `${count} sections`);
  const sections = new Map<string, Section>();
  let at = HEADER;
  for (let i = 0; i < count; i++) {
    const { section, end } = readSection(bytes, view, at);
    if (sections.has(section.tag))
      throw new ShareError('damaged', `byte ${at}`, `${section.tag} comes twice`);
    sections.set(section.tag, section);
    at = end;
  }
  if (at !== bytes.length)
    throw new ShareError('damaged', `byte ${at}`, `${bytes.length - at} bytes belong to no section`);
  return sections;
}

function readSection(bytes: Bytes, view: DataView, at: number): { section: Section; end: number } {
  const need = (from: number, count: number, what: string) => {
    if (from + count > bytes.length)
      throw new ShareError('damaged', `byte ${from}`, `${what} ends outside the bundle`);
  };
  need(at, SECTION_HEADER, 'a section');
  const tag = String.fromCharCode(...bytes.subarray(at, at + 4));
  if (!/^[A-Za-z]{4}$/.test(tag)) throw new ShareError('damaged', `byte ${at}`, 'no section begins here');
  const body = at + SECTION_HEADER;
  const stored = view.getUint32(at + 4, true);
  need(body, stored, tag);
  const streams: Bytes[] = [];
  let next = body;
  for (let i = 0; i < bytes[at + 12]!; i++) {
    need(next, 4, tag);
    const length = view.getUint32(next, true);
    need(next + 4, length, tag);
    streams.push(bytes.subarray(next + 4, next + 4 + length));
    next += 4 + length;
  }
  if (next !== body + stored)
    throw new ShareError('damaged', `byte ${at}`, `${tag} has ${stored} bytes, its parts ${next - body}`);
  return { section: { tag, streams, length: view.getUint32(at + 8, true) }, end: next };
}

/**
 * @param planes how many streams there must be @param length bytes of each
 * @throws ShareError when the section declares anything else
 */
export async function unpackSection(
  { tag, streams, length: declared }: Section,
  planes: number,
  length: number,
): Promise<Bytes[]> {
  if (streams.length !== planes || declared !== planes * length)
    throw new ShareError(
      'damaged',
      tag,
      `declares ${streams.length} planes of ${declared} bytes together, expected ${planes} of ${length} each`,
    );
  const expanded: Bytes[] = [];
  for (const stream of streams) expanded.push(await inflate(stream, length, tag));
  return expanded;
}

/** A section that holds JSON: its length is its own, up to a limit. @throws ShareError */
export async function unpackJson({ tag, streams, length }: Section, most: number): Promise<unknown> {
  const [stream] = streams;
  if (streams.length !== 1 || stream === undefined || length > most)
    throw new ShareError('damaged', tag, `${length} bytes in ${streams.length} streams`);
  const text = await inflate(stream, length, tag);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
  } catch (error) {
    throw new ShareError('damaged', tag, `is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

export function packJson(tag: string, value: unknown): Promise<Section> {
  return packSection(tag, [joined([new TextEncoder().encode(JSON.stringify(value))])]);
}
