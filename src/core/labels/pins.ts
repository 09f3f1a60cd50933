/** Comments pinned to points of a scan. */

export interface Pin {
  /** Unique within the scan; never given twice. */
  readonly id: number;
  /** Row of the cloud: the pin stays on its point in whatever unit the scan is read. */
  readonly row: number;
  readonly text: string;
}

export const LONGEST_COMMENT = 1000;
export const MOST_PINS = 500;

/** What a pin is called in the view, the list and the report: A to Z, AA, AB ... @param at from 0 */
export function pinName(at: number): string {
  const last = String.fromCharCode(65 + (at % 26));
  return at < 26 ? last : pinName(Math.floor(at / 26) - 1) + last;
}
