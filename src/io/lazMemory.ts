/** The memory of the LAZ decoder, which moves when it grows. */

/** A function of the WebAssembly module, or one that it imports: whole numbers in, one out. */
export type Invoker = (...args: number[]) => number;

const PAGE = 65536;

export function isFunction(value: unknown): value is Invoker {
  return typeof value === 'function';
}

/** The text from `at` up to the next zero. */
export function cString(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at);
  return new TextDecoder().decode(bytes.subarray(at, end < 0 ? at : end));
}

export class LazMemory {
  private readonly memory: WebAssembly.Memory;
  private readonly malloc: Invoker;
  private readonly release: Invoker;

  private constructor(memory: WebAssembly.Memory, malloc: Invoker, release: Invoker) {
    this.memory = memory;
    this.malloc = malloc;
    this.release = release;
  }

  /** @throws Error when the module exports no memory of the usual kind */
  static of({ memory, malloc, free }: WebAssembly.Exports): LazMemory {
    if (!(memory instanceof WebAssembly.Memory && isFunction(malloc) && isFunction(free)))
      throw new Error('the LAZ decoder has no memory');
    return new LazMemory(memory, malloc, free);
  }

  /** All of it; to be asked for again after every call that may have grown it. */
  bytes(): Uint8Array {
    return new Uint8Array(this.memory.buffer);
  }

  view(): DataView {
    return new DataView(this.memory.buffer);
  }

  /** @returns pointer to `size` bytes @throws RangeError when there is no room */
  allocate(size: number): number {
    const at = this.malloc(size);
    if (at === 0) throw new RangeError(`the LAZ decoder has no room for ${size} bytes`);
    return at >>> 0;
  }

  free(at: number): void {
    this.release(at);
  }

  /** @returns 1, or 0 when the browser gives no more */
  growTo(size: number): number {
    try {
      this.memory.grow(Math.ceil(((size >>> 0) - this.memory.buffer.byteLength) / PAGE));
      return 1;
    } catch {
      // The answer itself says it: the decoder then reports that it is out of memory.
      return 0;
    }
  }
}
