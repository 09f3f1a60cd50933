/**
 * Content hash of bytes: MurmurHash3 x86_128 (Austin Appleby, public domain). Not cryptographic: it tells
 * files apart and names clouds; weights use SHA-256.
 */

import { fmix32 } from './random.ts';

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

function rotl(x: number, r: number): number {
  return (x << r) | (x >>> (32 - r));
}

/** State of the hash: four lanes, updated 16 bytes at a time. */
class Lanes {
  h1: number;
  h2: number;
  h3: number;
  h4: number;
  constructor(seed: number) {
    this.h1 = this.h2 = this.h3 = this.h4 = seed;
  }

  /** Mixes one block into the lanes; a partial last block skips the rotation and addition. */
  block(k1: number, k2: number, k3: number, k4: number): void {
    this.h1 ^= Math.imul(rotl(Math.imul(k1, C1), 15), C2);
    this.h1 = (Math.imul((rotl(this.h1, 19) + this.h2) | 0, 5) + 0x561ccd1b) | 0;
    this.h2 ^= Math.imul(rotl(Math.imul(k2, C2), 16), C3);
    this.h2 = (Math.imul((rotl(this.h2, 17) + this.h3) | 0, 5) + 0x0bcaa747) | 0;
    this.h3 ^= Math.imul(rotl(Math.imul(k3, C3), 17), C4);
    this.h3 = (Math.imul((rotl(this.h3, 15) + this.h4) | 0, 5) + 0x96cd1c35) | 0;
    this.h4 ^= Math.imul(rotl(Math.imul(k4, C4), 18), C1);
    this.h4 = (Math.imul((rotl(this.h4, 13) + this.h1) | 0, 5) + 0x32ac3b17) | 0;
  }

  tail(k1: number, k2: number, k3: number, k4: number): void {
    this.h1 ^= Math.imul(rotl(Math.imul(k1, C1), 15), C2);
    this.h2 ^= Math.imul(rotl(Math.imul(k2, C2), 16), C3);
    this.h3 ^= Math.imul(rotl(Math.imul(k3, C3), 17), C4);
    this.h4 ^= Math.imul(rotl(Math.imul(k4, C4), 18), C1);
  }

  digest(length: number): string {
    const spread = (): void => {
      this.h1 = (this.h1 + this.h2 + this.h3 + this.h4) | 0;
      this.h2 = (this.h2 + this.h1) | 0;
      this.h3 = (this.h3 + this.h1) | 0;
      this.h4 = (this.h4 + this.h1) | 0;
    };
    this.h1 ^= length;
    this.h2 ^= length;
    this.h3 ^= length;
    this.h4 ^= length;
    spread();
    this.h1 = fmix32(this.h1);
    this.h2 = fmix32(this.h2);
    this.h3 = fmix32(this.h3);
    this.h4 = fmix32(this.h4);
    spread();
    return [this.h1, this.h2, this.h3, this.h4].map((h) => (h >>> 0).toString(16).padStart(8, '0')).join('');
  }
}

/** The hash of bytes that come piece by piece: the same digits, however they are cut. */
export class ContentHasher {
  private readonly lanes: Lanes;
  private length = 0;
  /** Bytes that do not fill a block yet. */
  private readonly open = new Uint8Array(16);
  private opened = 0;

  constructor(seed = 0) {
    this.lanes = new Lanes(seed);
  }

  update(bytes: Uint8Array): void {
    this.length += bytes.length;
    let start = 0;
    if (this.opened > 0) {
      start = Math.min(16 - this.opened, bytes.length);
      this.open.set(bytes.subarray(0, start), this.opened);
      this.opened += start;
      if (this.opened < 16) return;
      this.blocks(this.open, 0, 16);
      this.opened = 0;
    }
    const end = start + ((bytes.length - start) & ~15);
    this.blocks(bytes, start, end);
    this.open.set(bytes.subarray(end));
    this.opened = bytes.length - end;
  }

  /** @returns 32 hexadecimal digits; nothing may be added afterwards */
  digest(): string {
    if (this.opened > 0) {
      this.open.fill(0, this.opened);
      const k = new DataView(this.open.buffer);
      this.lanes.tail(k.getInt32(0, true), k.getInt32(4, true), k.getInt32(8, true), k.getInt32(12, true));
    }
    return this.lanes.digest(this.length);
  }

  private blocks(bytes: Uint8Array, start: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = start; i < end; i += 16)
      this.lanes.block(
        view.getInt32(i, true),
        view.getInt32(i + 4, true),
        view.getInt32(i + 8, true),
        view.getInt32(i + 12, true),
      );
  }
}

/** @returns 32 hexadecimal digits */
export function contentHash(bytes: Uint8Array, seed = 0): string {
  const hasher = new ContentHasher(seed);
  hasher.update(bytes);
  return hasher.digest();
}
