/**
 * Colour maps of the heatmap: one table per map, shared by the viewer's lookup texture, the legend and
 * everything that later writes a picture. Colours are sRGB bytes and are shown as they are.
 */

import { CIVIDIS, INFERNO, TURBO, VIRIDIS } from './colourMapData.ts';

export type ColourMapId = 'viridis' | 'cividis' | 'inferno' | 'turbo' | 'metrology';

/** How a colour map is drawn. */
export interface ColourMapShape {
  /** Number of flat bands, or null for a continuous map. */
  readonly steps: number | null;
  /** Flat bands of unequal width: where they part, 0 to 1, both ends included. */
  readonly edges?: readonly number[];
}

export interface ColourMapInfo extends ColourMapShape {
  readonly id: ColourMapId;
  readonly label: string;
  /** False where red-green deficient viewers cannot order the colours; the page says so. */
  readonly colourBlindSafe: boolean;
}

export const COLOUR_MAPS: readonly ColourMapInfo[] = [
  { id: 'viridis', label: 'Viridis', colourBlindSafe: true, steps: null },
  { id: 'cividis', label: 'Cividis', colourBlindSafe: true, steps: null },
  { id: 'inferno', label: 'Inferno', colourBlindSafe: true, steps: null },
  { id: 'turbo', label: 'Turbo', colourBlindSafe: false, steps: null },
  { id: 'metrology', label: 'Metrology, 12 steps', colourBlindSafe: false, steps: 12 },
];

/** Entries of every table. */
export const COLOUR_TABLE_SIZE = 256;

/** Green = nominal to red = far out, the habit of metrology software for unsigned deviations. */
const METROLOGY_STEPS: readonly number[] = [
  0x1a9850, 0x4db052, 0x7cc55a, 0xa9d86a, 0xd3e97f, 0xf6f08c, 0xfdd36c, 0xfdb052, 0xf9853f, 0xee5a33,
  0xd6302b, 0xa50f26,
];

const PACKED: Readonly<Record<Exclude<ColourMapId, 'metrology'>, string>> = {
  viridis: VIRIDIS,
  cividis: CIVIDIS,
  inferno: INFERNO,
  turbo: TURBO,
};

export function isColourMapId(value: unknown): value is ColourMapId {
  return COLOUR_MAPS.some((map) => map.id === value);
}

/** @returns the map after `id` in the list, round and round */
export function nextColourMap(id: ColourMapId): ColourMapId {
  const at = COLOUR_MAPS.findIndex((map) => map.id === id);
  return COLOUR_MAPS[(at + 1) % COLOUR_MAPS.length]!.id;
}

/** @returns [4 * 256] RGBA bytes, alpha 255; a fresh array that the caller owns */
export function colourTable(id: ColourMapId): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(COLOUR_TABLE_SIZE * 4).fill(255);
  if (id === 'metrology') {
    for (let i = 0; i < COLOUR_TABLE_SIZE; i++) {
      const step = Math.floor((i * METROLOGY_STEPS.length) / COLOUR_TABLE_SIZE);
      const colour = METROLOGY_STEPS[step]!;
      table.set([colour >> 16, (colour >> 8) & 255, colour & 255], i * 4);
    }
    return table;
  }
  const rgb = atob(PACKED[id]);
  for (let i = 0; i < COLOUR_TABLE_SIZE; i++)
    for (let c = 0; c < 3; c++) table[i * 4 + c] = rgb.charCodeAt(i * 3 + c);
  return table;
}

/** Blue through white to red, after ColorBrewer's RdBu: the order of the colours is seen by everybody. */
const SIGNED: readonly number[] = [0x2166ac, 0x67a9cf, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xef8a62, 0xb2182b];

/** For offsets with a sign: the middle is zero. @returns as `colourTable` */
export function signedColourTable(): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(COLOUR_TABLE_SIZE * 4).fill(255);
  for (let i = 0; i < COLOUR_TABLE_SIZE; i++) {
    const place = (i / (COLOUR_TABLE_SIZE - 1)) * (SIGNED.length - 1);
    const from = Math.min(SIGNED.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) {
      const [a, b] = [SIGNED[from]!, SIGNED[from + 1]!].map((colour) => (colour >> (16 - 8 * c)) & 255);
      table[4 * i + c] = Math.round(a! + (place - from) * (b! - a!));
    }
  }
  return table;
}

/** @param t position in the map, clamped to 0..1 @returns CSS colour `#rrggbb` */
export function cssColour(table: Uint8Array, t: number): string {
  const clamped = Math.min(1, Math.max(0, t));
  const at = Math.min(COLOUR_TABLE_SIZE - 1, Math.floor(clamped * COLOUR_TABLE_SIZE)) * 4;
  return `#${[0, 1, 2].map((c) => table[at + c]!.toString(16).padStart(2, '0')).join('')}`;
}
