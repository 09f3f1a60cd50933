/** Small symmetric matrices: eigenvalues by cyclic Jacobi, and linear systems by Cholesky. */

/** Enough for float64 at the sizes here (3 to 6): convergence is quadratic. */
const SWEEPS = 12;

export interface Eigen {
  /** [n] ascending. */
  readonly values: Float64Array;
  /** [n n] row r is the unit eigenvector of `values[r]`. */
  readonly vectors: Float64Array;
}

/** @param matrix [n n] symmetric, left as it is */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const a = Float64Array.from(matrix);
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i * n + i]! - a[j * n + j]!);
  const vectors = new Float64Array(n * n);
  order.forEach((column, row) => {
    for (let i = 0; i < n; i++) vectors[row * n + i] = v[i * n + column]!;
  });
  return { values: Float64Array.from(order, (i) => a[i * n + i]!), vectors };
}

/** One Jacobi rotation that zeroes a[p, q]. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let i = 0; i < n; i++) {
    const ip = a[i * n + p]!;
    const iq = a[i * n + q]!;
    a[i * n + p] = c * ip - s * iq;
    a[i * n + q] = s * ip + c * iq;
  }
  for (let i = 0; i < n; i++) {
    const pi = a[p * n + i]!;
    const qi = a[q * n + i]!;
    a[p * n + i] = c * pi - s * qi;
    a[q * n + i] = s * pi + c * qi;
    const vp = v[i * n + p]!;
    const vq = v[i * n + q]!;
    v[i * n + p] = c * vp - s * vq;
    v[i * n + q] = s * vp + c * vq;
  }
}

/** Solves a x = b for a symmetric positive definite a. @param a [n n] overwritten; @param b [n] becomes x */
export function solveCholesky(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / a[j * n + j]!;
    }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i * n + k]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) b[i]! -= a[k * n + i]! * b[k]!;
    b[i]! /= a[i * n + i]!;
  }
}
