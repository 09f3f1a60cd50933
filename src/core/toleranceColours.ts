/** Colours of metrology software: green within the tolerance, steps of warm colours above and cold ones below. */

import { COLOUR_TABLE_SIZE, type ColourMapShape } from './colourMaps.ts';

/** Within the tolerance, `#rrggbb`. */
export const IN_TOLERANCE = '#3fa34d';

/** From the tolerance outwards. */
const ABOVE: readonly number[] = [0xf4d43e, 0xf59a23, 0xe4572e, 0xa11d21];
const BELOW: readonly number[] = [0x7fdbe0, 0x47a1e0, 0x2b66c4, 0x2c2c86];

const GREEN = Number.parseInt(IN_TOLERANCE.slice(1), 16);

export interface ToleranceColours {
  /** As `colourTable`; the middle is zero, the ends are the range below and above. */
  readonly table: Uint8Array<ArrayBuffer>;
  readonly shape: ColourMapShape;
}

/** @param inside tolerance over the range, above 0 and below 1 */
export function toleranceColours(inside: number): ToleranceColours {
  const steps = ABOVE.length;
  const table = new Uint8Array(COLOUR_TABLE_SIZE * 4).fill(255);
  for (let i = 0; i < COLOUR_TABLE_SIZE; i++) {
    const value = (2 * (i + 0.5)) / COLOUR_TABLE_SIZE - 1;
    const beyond = (Math.abs(value) - inside) / (1 - inside);
    const side = value < 0 ? BELOW : ABOVE;
    const colour = beyond <= 0 ? GREEN : side[Math.min(steps - 1, Math.floor(beyond * steps))]!;
    table.set([colour >> 16, (colour >> 8) & 255, colour & 255], 4 * i);
  }
  const outwards = Array.from({ length: steps + 1 }, (_, i) => inside + ((1 - inside) * i) / steps);
  const edges = [
    ...outwards.map((edge) => (1 - edge) / 2).reverse(),
    ...outwards.map((edge) => (1 + edge) / 2),
  ];
  return { table, shape: { steps: null, edges } };
}
