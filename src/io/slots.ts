/**
 * Bytes that are replaced again and again and must survive a crash at any moment: two files, written in
 * turn, each with a header that says how long it is and what its hash is. A file that was cut off or mixed
 * up while it was written does not fit its own header, and the other one, one version older, is used.
 *
 *     "PO3ADSLT" | version u32 | length u32 | hash 16 bytes | bytes          little-endian
 */

import { contentHash } from '../core/contentHash.ts';
import type { FileStore } from './fileStore.ts';

const MAGIC = new TextEncoder().encode('PO3ADSLT');
const HEADER = MAGIC.length + 4 + 4 + 16;

interface Slot {
  readonly version: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Covers the version too: an old file must not pass for a new one. */
function hashBytes(version: number, bytes: Uint8Array): Uint8Array {
  const hex = contentHash(bytes, version);
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function encodeSlot({ version, bytes }: Slot): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(HEADER + bytes.length);
  const view = new DataView(file.buffer);
  file.set(MAGIC);
  view.setUint32(MAGIC.length, version, true);
  view.setUint32(MAGIC.length + 4, bytes.length, true);
  file.set(hashBytes(version, bytes), MAGIC.length + 8);
  file.set(bytes, HEADER);
  return file;
}

/** @returns null for a file that is not whole */
function decodeSlot(file: Uint8Array<ArrayBuffer> | null): Slot | null {
  if (file === null || file.length < HEADER || !MAGIC.every((byte, i) => file[i] === byte)) return null;
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const version = view.getUint32(MAGIC.length, true);
  const length = view.getUint32(MAGIC.length + 4, true);
  if (file.length !== HEADER + length) return null;
  const bytes = file.slice(HEADER);
  const whole = hashBytes(version, bytes).every((byte, i) => file[MAGIC.length + 8 + i] === byte);
  return whole ? { version, bytes } : null;
}

/** A value in two slots. One writer at a time. */
export class Slots {
  private readonly files: FileStore;
  private readonly paths: readonly [string, string];
  /** Slot and version to write next; null until the slots were looked at. */
  private next: { readonly slot: 0 | 1; readonly version: number } | null = null;

  /** @param path without ending */
  constructor(files: FileStore, path: string) {
    this.files = files;
    this.paths = [`${path}.a`, `${path}.b`];
  }

  /** @returns the newest bytes that are whole, or null when there are none. @throws StorageError */
  async load(): Promise<Uint8Array<ArrayBuffer> | null> {
    const [a, b] = [await this.slot(0), await this.slot(1)];
    const newest = (a?.version ?? 0) >= (b?.version ?? 0) ? a : b;
    this.next = { slot: newest === a ? 1 : 0, version: (newest?.version ?? 0) + 1 };
    return newest?.bytes ?? null;
  }

  /** The bytes saved before stay whole until these are. @throws StorageError; what was there then stays */
  async save(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.next === null) await this.load();
    const { slot, version } = this.next!;
    await this.files.write(this.paths[slot]!, encodeSlot({ version, bytes }));
    this.next = { slot: slot === 0 ? 1 : 0, version: version + 1 };
  }

  private async slot(which: 0 | 1): Promise<Slot | null> {
    return decodeSlot(await this.files.read(this.paths[which]!));
  }
}
