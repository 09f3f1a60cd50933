/**
 * OBJ gives normals to the corners of faces, a point cloud wants one per vertex. They are used only when
 * that is the same: every corner of a vertex has one and the same normal. A flat-shaded or creased mesh
 * has none per vertex; averaging would invent what the file does not say (and Open3D's way, one vertex per
 * corner, would change the points: golden/SPEC.md 11.8).
 */

import { GrowableFloat64 } from './growable.ts';

const NONE = -1;
const SEVERAL = -2;

export class VertexNormals {
  private readonly values = new GrowableFloat64();
  private readonly normalOf: number[] = [];
  private referenced = false;
  /** Every reference so far was `i//i`. */
  private identical = true;

  get count(): number {
    return this.values.length / 3;
  }

  add(x: number, y: number, z: number): void {
    this.values.push3(x, y, z);
  }

  /** A face's corner at `vertex` has `normal`, -1 for none. */
  assign(vertex: number, normal: number): void {
    if (normal < 0) return;
    this.referenced = true;
    this.identical &&= vertex === normal;
    const known = this.normalOf[vertex] ?? NONE;
    if (known === NONE) this.normalOf[vertex] = normal;
    else if (known !== SEVERAL && known !== normal && !this.equal(known, normal))
      this.normalOf[vertex] = SEVERAL;
  }

  /** @returns [3 * rows], or null when normals and vertices are not one to one */
  perVertex(rows: number): Float32Array | null {
    if (this.count === 0) return null;
    // Without references, or where they only say the obvious, the order of the lines decides.
    if (this.count === rows && (!this.referenced || this.identical))
      return Float32Array.from(this.values.view());
    const normals = new Float32Array(rows * 3);
    for (let v = 0; v < rows; v++) {
      const normal = this.normalOf[v] ?? NONE;
      if (normal < 0 || normal >= this.count) return null;
      for (let k = 0; k < 3; k++) normals[v * 3 + k] = this.values.array[normal * 3 + k]!;
    }
    return normals;
  }

  private equal(a: number, b: number): boolean {
    if (a >= this.count || b >= this.count) return false;
    const { array } = this.values;
    return [0, 1, 2].every((k) => array[a * 3 + k] === array[b * 3 + k]);
  }
}
