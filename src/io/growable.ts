/** Typed arrays that grow while a file of unknown length is read. */

export class GrowableFloat64 {
  length = 0;
  /** Longer than `length`; another one after a push that did not fit. */
  array: Float64Array;

  constructor(capacity = 4096) {
    this.array = new Float64Array(capacity);
  }

  push3(a: number, b: number, c: number): void {
    if (this.length + 3 > this.array.length) {
      const larger = new Float64Array(this.array.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = a;
    this.array[this.length++] = b;
    this.array[this.length++] = c;
  }

  /** View of what was pushed; later pushes may move on to another buffer. */
  view(): Float64Array {
    return this.array.subarray(0, this.length);
  }
}
