/** What a measurement says, in words. */

import { angleAt, between, distance } from '../../core/measure.ts';
import { formatLength, formatSignificant, type LengthUnit } from '../../studio/units.ts';
import type { Measurement } from '../../studio/viewToolState.ts';

/** @returns null while there are too few points */
export function measuredValue(
  { kind, points }: Pick<Measurement, 'kind' | 'points'>,
  unit: LengthUnit,
): string | null {
  const [first, second, third] = points;
  switch (kind) {
    case 'distance':
      if (first === undefined || second === undefined) return null;
      return formatLength(distance(first, second), unit, 4);
    case 'angle': {
      if (first === undefined || second === undefined || third === undefined) return null;
      const degrees = angleAt(second, first, third);
      return Number.isNaN(degrees) ? 'no angle' : `${degrees.toFixed(1)}°`;
    }
    default:
      return kind satisfies never;
  }
}

/** Differences along the axes, or the lengths of the sides of an angle. */
export function measuredParts({ kind, points }: Measurement): readonly (readonly [string, string])[] {
  const [first, second, third] = points;
  if (first === undefined || second === undefined) return [];
  if (kind === 'distance') {
    const parts = between(first, second).map((value) => formatSignificant(value, 4));
    return [
      ['dx', parts[0]!],
      ['dy', parts[1]!],
      ['dz', parts[2]!],
    ];
  }
  if (third === undefined) return [];
  return [
    ['side 1', formatSignificant(distance(second, first), 4)],
    ['side 2', formatSignificant(distance(second, third), 4)],
  ];
}
