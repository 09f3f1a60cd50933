/** Selections that follow the surface: flood, grow, shrink, and the ball of a brush. */

import type { Neighbours } from '../knn.ts';

/** [N] 1 = selected. */
export type Selection = Uint8Array;

/** @returns what lies within a ball. @param centre source units, relative to the cloud's origin */
export function selectBall(
  positions: Float32Array,
  [x, y, z]: readonly [number, number, number],
  radius: number,
): Selection {
  const selected = new Uint8Array(positions.length / 3);
  const square = radius * radius;
  for (let i = 0; i < selected.length; i++) {
    const dx = positions[3 * i]! - x;
    const dy = positions[3 * i + 1]! - y;
    const dz = positions[3 * i + 2]! - z;
    if (dx * dx + dy * dy + dz * dz <= square) selected[i] = 1;
  }
  return selected;
}

/**
 * From a point over neighbours to all that may be entered from there.
 * @param enters called once per pair of neighbours that the flood could cross
 */
function flood(
  { k, rows }: Neighbours,
  points: number,
  seed: number,
  enters: (from: number, to: number) => boolean,
): Selection {
  const selected = new Uint8Array(points);
  const stack = [seed];
  selected[seed] = 1;
  for (let from = stack.pop(); from !== undefined; from = stack.pop())
    for (let j = 0; j < k; j++) {
      const to = rows[from * k + j]!;
      if (selected[to] === 1 || !enters(from, to)) continue;
      selected[to] = 1;
      stack.push(to);
    }
  return selected;
}

/** The connected region around `seed` whose scores lie above the threshold. @param score [N] model units */
export function floodByScore(
  neighbours: Neighbours,
  score: Float32Array,
  seed: number,
  threshold: number,
): Selection {
  return flood(neighbours, score.length, seed, (_, to) => score[to]! > threshold);
}

/**
 * The connected region around `seed` without an edge: neighbours whose normals differ by no more than the angle
 * from each other and stay within `most` of the seed's.
 * @param normals [3N] unit, consistently oriented or not @param angle @param most radians
 */
export function floodByNormal(
  neighbours: Neighbours,
  normals: Float32Array,
  seed: number,
  angle: number,
  most: number = Math.PI / 2,
): Selection {
  const step = Math.cos(angle);
  const limit = Math.cos(most);
  // An unoriented normal and its opposite belong to the same surface.
  const likeness = (a: number, b: number) =>
    Math.abs(
      normals[3 * a]! * normals[3 * b]! +
        normals[3 * a + 1]! * normals[3 * b + 1]! +
        normals[3 * a + 2]! * normals[3 * b + 2]!,
    );
  return flood(
    neighbours,
    normals.length / 3,
    seed,
    (from, to) => likeness(from, to) >= step && likeness(seed, to) >= limit,
  );
}

/** Adds the neighbours of what is selected. */
export function grow({ k, rows }: Neighbours, selected: Selection): Selection {
  const grown = selected.slice();
  for (let i = 0; i < selected.length; i++)
    if (selected[i] === 1) for (let j = 0; j < k; j++) grown[rows[i * k + j]!] = 1;
  return grown;
}

/** Takes away what has a neighbour outside: growing the rest. */
export function shrink(neighbours: Neighbours, selected: Selection): Selection {
  return invert(grow(neighbours, invert(selected)));
}

export function invert(selected: Selection): Selection {
  return selected.map((inside) => 1 - inside);
}
