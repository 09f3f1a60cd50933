/** Scores are model units inside; people read them in the unit of their part. */

import { formatSignificant, type LengthUnit, MODEL_UNIT, unitSymbol } from './units.ts';

export interface DisplayUnit {
  /** Display units per model unit. */
  readonly perModelUnit: number;
  readonly symbol: string;
  /** @param value model units */
  format(value: number, digits?: number): string;
}

/** @param radius source units per model unit; null shows model units */
export function displayUnit(radius: number | null, unit: LengthUnit): DisplayUnit {
  const perModelUnit = radius ?? 1;
  const symbol = radius === null ? MODEL_UNIT : unitSymbol(unit);
  return {
    perModelUnit,
    symbol,
    format: (value, digits = 3) => `${formatSignificant(value * perModelUnit, digits)}\u00a0${symbol}`,
  };
}
