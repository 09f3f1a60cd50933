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

/** @returns 32 hexadecimal digits */
export function contentHash(bytes: Uint8Array, seed = 0): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lanes = new Lanes(seed);
  const whole = bytes.length & ~15;
  for (let i = 0; i < whole; i += 16)
    lanes.block(
      view.getInt32(i, true),
      view.getInt32(i + 4, true),
      view.getInt32(i + 8, true),
      view.getInt32(i + 12, true),
    );
  if (whole < bytes.length) {
    const last = new Uint8Array(16);
    last.set(bytes.subarray(whole));
    const k = new DataView(last.buffer);
    lanes.tail(k.getInt32(0, true), k.getInt32(4, true), k.getInt32(8, true), k.getInt32(12, true));
  }
  return lanes.digest(bytes.length);
}
