/**
 * Counter-based random numbers: the value depends on (key, counter) alone, so TypeScript and WGSL
 * (`shaders/shared/random.wgsl`) draw the same numbers in any order, on any number of threads.
 * fmix32 is the murmur3 finaliser; golden/SPEC.md section 2 uses the same function for weights.
 */

/** Murmur3 finaliser, a bijection of u32. */
export function fmix32(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  h ^= h >>> 16;
  return h >>> 0;
}

/** FNV-1a over the UTF-8 bytes of a string; names a random stream. */
export function fnv1a32(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

/** Mixes two u32 into the key of an independent stream. */
export function deriveKey(key: number, stream: number): number {
  return fmix32((fmix32(key) + Math.imul(stream, 0x9e3779b9)) >>> 0);
}

/** @returns u32 number `counter` of stream `key` */
export function randomU32(key: number, counter: number): number {
  return fmix32((fmix32(Math.imul(counter, 0x9e3779b9) + key) ^ key) >>> 0);
}

/** A sequential reader of one stream, for code that draws a data-dependent number of values. */
export class RandomStream {
  readonly key: number;
  private counter = 0;
  constructor(key: number) {
    this.key = key >>> 0;
  }
  u32(): number {
    return randomU32(this.key, this.counter++);
  }
  /** Uniform in [0, 1) with 32 bits. */
  uniform(): number {
    return this.u32() / 4294967296;
  }
  /** Uniform in [lo, hi). */
  range(lo: number, hi: number): number {
    return lo + (hi - lo) * this.uniform();
  }
  /** Uniform integer in [0, n), n >= 1; Lemire's multiply-shift, bias below n / 2^32. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }
  /** Standard normal (Box-Muller, one of the pair). */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }
  /** An independent stream named by a number. */
  fork(stream: number): RandomStream {
    return new RandomStream(deriveKey(this.key, stream));
  }
}
