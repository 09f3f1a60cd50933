/** What every scan reader returns beside the cloud, and the hooks every long read takes. */

import { FormatError, throwIfCancelled } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';

/** What the parser met on the way; the same structure as the engine protocol's. */
export interface ParseReport {
  /** "PLY ascii", "PCD binary_compressed", "STL binary", "OBJ", "text", "NPY", ... */
  readonly format: string;
  /** Points kept. */
  readonly points: number;
  /** Triangles kept, polygons fanned. */
  readonly faces: number;
  /** Rows that could not be read; left out. */
  readonly skipped: number;
  /** Rows with NaN or infinite coordinates; left out. */
  readonly nan: number;
  readonly warnings: readonly string[];
}

/** A scan file, read. */
export interface ScanFile {
  readonly cloud: PointCloud;
  readonly report: ParseReport;
  /** Rows (points, vertices) the file has, kept or not. */
  readonly totalRows: number;
  /** [points] file row of each kept point, ascending; null when every row was kept. */
  readonly keptRows: Uint32Array | null;
}

/** Structurally a part of the engine's call hooks, so a session can hand its own through. */
export interface ReadHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly fraction: number }) => void;
}

/** Rows between two looks at the clock: a few milliseconds of parsing. */
const TICK_ROWS = 0x10000;

/**
 * @param total what `done` will reach
 * @returns to be called with the row number and how much is done; cheap enough for every row
 * @throws CancelledError from the returned function when the signal has fired
 */
export function progressTicker(
  hooks: ReadHooks,
  stage: string,
  total: number,
): (row: number, done: number) => void {
  return (row, done) => {
    if (row % TICK_ROWS !== 0) return;
    throwIfCancelled(hooks.signal, stage);
    hooks.onProgress?.({ stage, fraction: total > 0 ? Math.min(1, done / total) : 0 });
  };
}

/** Counts rows that cannot be read and remembers the first, so that the user can look at it. */
export class UnreadableRows {
  count = 0;
  private firstLine = 0;

  add(line: number): void {
    if (this.count === 0) this.firstLine = line;
    this.count++;
  }

  /**
   * @param rows data rows seen, readable or not
   * @returns a sentence for the report, or nothing
   * @throws FormatError when most rows are unreadable: the file is not what it claims to be
   */
  warnings(file: string, rows: number, what = 'row'): string[] {
    if (this.count === 0) return [];
    if (this.count * 2 > rows)
      throw new FormatError(
        file,
        `line ${this.firstLine}`,
        `no points: ${this.count} of ${rows} ${what}s cannot be read as numbers`,
      );
    const many = this.count > 1 ? `${this.count} ${what}s` : `1 ${what}`;
    return [`${many} could not be read and were left out (first: line ${this.firstLine})`];
  }
}
