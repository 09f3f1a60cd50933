/**
 * A balanced kd-tree over points, complete by construction: 2^depth leaves of at most 8 points, so neither
 * duplicates nor far outliers nor flat or thin clouds can unbalance it (a uniform grid degenerates on all
 * of those). Nodes are numbered as in a heap, children of i at 2i + 1 and 2i + 2. The GPU walks the same
 * arrays, `shaders/normals/plane_fit`.
 */

const LEAF_POINTS = 8;

export interface KdTree {
  readonly depth: number;
  /** [3N] the points in tree order. */
  readonly points: Float32Array;
  /** [N] row of each tree-ordered point in the cloud the tree was made from. */
  readonly order: Uint32Array;
  /** [2^depth + 1] leaf j holds the tree-ordered points starts[j] to starts[j + 1]. */
  readonly starts: Uint32Array;
  /** [6 (2^(depth + 1) - 1)] low xyz and high xyz of each node, tight around its points. */
  readonly boxes: Float32Array;
}

/** @param cloud [3N] finite coordinates, N >= 1 */
export function buildKdTree(cloud: Float32Array): KdTree {
  const n = cloud.length / 3;
  const depth = Math.max(0, Math.ceil(Math.log2(n / LEAF_POINTS)));
  const leaves = 2 ** depth;
  const starts = Uint32Array.from({ length: leaves + 1 }, (_, j) => Math.floor((n * j) / leaves));
  const points = cloud.slice();
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let level = 0; level < depth; level++) {
    const width = 2 ** (depth - level);
    for (let leaf = 0; leaf < leaves; leaf += width) {
      const from = starts[leaf]!;
      const to = starts[leaf + width]!;
      split(points, order, from, to, starts[leaf + width / 2]!, widestAxis(points, from, to));
    }
  }
  return { depth, points, order, starts, boxes: nodeBoxes(points, starts, depth) };
}

function widestAxis(points: Float32Array, from: number, to: number): number {
  let axis = 0;
  let widest = -1;
  for (let d = 0; d < 3; d++) {
    let low = Infinity;
    let high = -Infinity;
    for (let i = 3 * from + d; i < 3 * to; i += 3) {
      const v = points[i]!;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    if (high - low > widest) {
      widest = high - low;
      axis = d;
    }
  }
  return axis;
}

/** Reorders [from, to) so that no point before `middle` lies above one after it: Hoare's quickselect. */
function split(
  points: Float32Array,
  order: Uint32Array,
  from: number,
  to: number,
  middle: number,
  axis: number,
): void {
  let low = from;
  let high = to - 1;
  while (low < high) {
    const a = points[3 * low + axis]!;
    const b = points[3 * ((low + high) >> 1) + axis]!;
    const c = points[3 * high + axis]!;
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let i = low;
    let j = high;
    while (i <= j) {
      while (points[3 * i + axis]! < pivot) i++;
      while (points[3 * j + axis]! > pivot) j--;
      if (i <= j) swap(points, order, i++, j--);
    }
    if (middle <= j) high = j;
    else if (middle >= i) low = i;
    else return;
  }
}

function swap(points: Float32Array, order: Uint32Array, i: number, j: number): void {
  const row = order[i]!;
  order[i] = order[j]!;
  order[j] = row;
  for (let d = 0; d < 3; d++) {
    const v = points[3 * i + d]!;
    points[3 * i + d] = points[3 * j + d]!;
    points[3 * j + d] = v;
  }
}

function nodeBoxes(points: Float32Array, starts: Uint32Array, depth: number): Float32Array {
  const leaves = 2 ** depth;
  const boxes = new Float32Array(6 * (2 * leaves - 1));
  for (let node = 0; node < boxes.length; node += 6) {
    boxes.fill(Infinity, node, node + 3);
    boxes.fill(-Infinity, node + 3, node + 6);
  }
  for (let leaf = 0; leaf < leaves; leaf++) {
    const box = 6 * (leaves - 1 + leaf);
    for (let i = starts[leaf]!; i < starts[leaf + 1]!; i++)
      for (let d = 0; d < 3; d++) {
        const v = points[3 * i + d]!;
        boxes[box + d] = Math.min(boxes[box + d]!, v);
        boxes[box + 3 + d] = Math.max(boxes[box + 3 + d]!, v);
      }
  }
  for (let node = leaves - 2; node >= 0; node--)
    for (let d = 0; d < 3; d++) {
      const left = 6 * (2 * node + 1) + d;
      const right = left + 6;
      boxes[6 * node + d] = Math.min(boxes[left]!, boxes[right]!);
      boxes[6 * node + 3 + d] = Math.max(boxes[left + 3]!, boxes[right + 3]!);
    }
  return boxes;
}
