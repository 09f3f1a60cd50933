/** How a scan lies on the good ones, as it is said to the user: with the unit of the scan, which the engine does not know. */

import { describe } from '../core/registration/quality.ts';
import type { Alignment } from '../engine/referenceProtocol.ts';
import { type LengthUnit, unitSymbol } from './units.ts';

export function alignmentWords(alignment: Alignment, unit: LengthUnit): string {
  return describe(alignment, 1, unitSymbol(unit)).words;
}
