/** Fields of E57 points: how a value is packed, and how a stream of packed values becomes numbers. */

export type E57Packing =
  | { readonly kind: 'float'; readonly bytes: 4 | 8 }
  | {
      readonly kind: 'integer';
      /** Bits of a value; 0 when it can only be the minimum. */
      readonly bits: number;
      readonly minimum: bigint;
      readonly scale: number;
      readonly offset: number;
    }
  /** Text: passed over. */
  | { readonly kind: 'text' };

export interface E57Field {
  /** "cartesianX", "nor:normalX" */
  readonly name: string;
  readonly packing: E57Packing;
  /** Largest and smallest value an integer field can have, scaled; null for others. */
  readonly limits: readonly [number, number] | null;
}

export function bitsOf({ packing }: E57Field): number {
  if (packing.kind === 'float') return packing.bytes * 8;
  return packing.kind === 'integer' ? packing.bits : 0;
}

/** Numbers up to this many bits are exact in float64. */
const EXACT_BITS = 53;

/** Takes the bytes of one field packet by packet and puts whole values into `values`. */
export class FieldDecoder {
  readonly values: Float64Array;
  /** Values decoded. */
  done = 0;
  private readonly packing: E57Packing;
  /** Bytes that hold the beginning of a value, and the bit where it begins. */
  private open = new Uint8Array();
  private bit = 0;

  /** @param count values in all, which the section's length is known to allow */
  constructor({ packing }: E57Field, count: number) {
    this.packing = packing;
    this.values = new Float64Array(packing.kind === 'text' ? 0 : count);
    if (packing.kind === 'integer' && packing.bits === 0) {
      this.values.fill(Number(packing.minimum) * packing.scale + packing.offset);
      this.done = count;
    }
  }

  push(bytes: Uint8Array): void {
    if (this.packing.kind === 'text' || this.done === this.values.length) return;
    let all = bytes;
    if (this.open.length > 0) {
      all = new Uint8Array(this.open.length + bytes.length);
      all.set(this.open);
      all.set(bytes, this.open.length);
    }
    const used = this.packing.kind === 'float' ? this.floats(all) : this.integers(all);
    this.open = all.slice(used);
  }

  /** @returns bytes used up */
  private floats(bytes: Uint8Array): number {
    const size = this.packing.kind === 'float' ? this.packing.bytes : 8;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = Math.min(Math.floor(bytes.length / size), this.values.length - this.done);
    for (let i = 0; i < count; i++)
      this.values[this.done++] = size === 4 ? view.getFloat32(4 * i, true) : view.getFloat64(8 * i, true);
    return count * size;
  }

  /** Lowest bit first. @returns bytes used up; the bit where the next value begins stays in `bit` */
  private integers(bytes: Uint8Array): number {
    if (this.packing.kind !== 'integer') return 0;
    const { bits, minimum, scale, offset } = this.packing;
    const { values } = this;
    const least = Number(minimum);
    const exact = bits <= EXACT_BITS && Number.isSafeInteger(least);
    let { bit, done } = this;
    const count = Math.min(Math.floor((bytes.length * 8 - bit) / bits), values.length - done);
    for (let i = 0; i < count; i++, bit += bits) {
      const raw = exact
        ? readBits(bytes, bit, bits) + least
        : Number(readBigBits(bytes, bit, bits) + minimum);
      values[done++] = raw * scale + offset;
    }
    this.done = done;
    this.bit = bit & 7;
    return bit >> 3;
  }
}

/** @param bits up to 53 */
function readBits(bytes: Uint8Array, bit: number, bits: number): number {
  let at = bit >> 3;
  const skip = bit & 7;
  let value = bytes[at++]! >> skip;
  let have = 8 - skip;
  for (let factor = 2 ** have; have < bits; have += 8, factor *= 256) {
    const rest = bits - have;
    const byte = bytes[at++]!;
    value += (rest >= 8 ? byte : byte & ((1 << rest) - 1)) * factor;
  }
  return bits < 8 - skip ? value & ((1 << bits) - 1) : value;
}

function readBigBits(bytes: Uint8Array, bit: number, bits: number): bigint {
  const low = readBits(bytes, bit, 32);
  return BigInt(low) + (BigInt(readBits(bytes, bit + 32, bits - 32)) << 32n);
}
