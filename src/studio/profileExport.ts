/** The points of a profile as a table. */

import type { Profile } from '../core/sections.ts';
import type { PointCloud } from '../core/types.ts';
import { toCsv } from './csv.ts';
import { type LengthUnit, unitSymbol } from './units.ts';

/**
 * Coordinates as in the file; across and up are the profile's own axes.
 * @param score [N] model units; null for a scan that is not scored @param radius source units per model unit
 */
export function profileCsv(
  { positions, origin }: PointCloud,
  profile: Profile,
  score: Float32Array | null,
  radius: number,
  unit: LengthUnit,
): string {
  const symbol = unitSymbol(unit);
  const columns = ['x', 'y', 'z', 'across', 'up', ...(score === null ? [] : ['score'])];
  const moved = (direction: readonly [number, number, number]) =>
    direction.reduce((sum, part, axis) => sum + part * origin[axis]!, 0);
  const [right, high] = [moved(profile.across), moved(profile.up)];
  const text = (value: number) => String(Number(value.toPrecision(10)));
  const rows = Array.from(profile.rows, (row, i) => [
    ...[0, 1, 2].map((axis) => text(positions[3 * row + axis]! + origin[axis]!)),
    text(profile.u[i]! + right),
    text(profile.v[i]! + high),
    ...(score === null ? [] : [text(score[row]! * radius)]),
  ]);
  return toCsv([columns.map((name) => `${name} (${symbol})`), ...rows]);
}
