/** Collects triangles while a mesh is read: polygons are fanned, strips unrolled. */

export class FaceList {
  /** Polygons with fewer than three corners. */
  degenerate = 0;
  private indices = new Uint32Array(3 * 1024);
  private length = 0;

  /** @param corners its first `count` entries; a negative index becomes one that no vertex has */
  polygon(corners: ArrayLike<number>, count: number): void {
    if (count < 3) this.degenerate++;
    for (let k = 2; k < count; k++) this.triangle(corners[0]!, corners[k - 1]!, corners[k]!);
  }

  /** A triangle strip; -1 starts a new one. Triangles that repeat a corner only link parts and are dropped. */
  strip(corners: ArrayLike<number>, count: number): void {
    let start = 0;
    for (let k = 0; k < count; k++) {
      if (corners[k]! < 0) start = k + 1;
      if (k < start + 2) continue;
      const [a, b, c] = [corners[k - 2]!, corners[k - 1]!, corners[k]!];
      if (a === b || b === c || c === a) continue;
      if ((k - start) % 2 === 0) this.triangle(a, b, c);
      else this.triangle(b, a, c);
    }
  }

  triangle(a: number, b: number, c: number): void {
    if (this.length + 3 > this.indices.length) {
      const larger = new Uint32Array(this.indices.length * 2);
      larger.set(this.indices);
      this.indices = larger;
    }
    this.indices[this.length++] = a;
    this.indices[this.length++] = b;
    this.indices[this.length++] = c;
  }

  /** @returns [3F] */
  toArray(): Uint32Array {
    return this.indices.slice(0, this.length);
  }

  warnings(): string[] {
    return this.degenerate === 0
      ? []
      : [`${this.degenerate} faces have fewer than 3 corners and were left out`];
  }
}
