/**
 * Binary files whose points are rows of one size: they are read piece by piece, so that a large one never
 * lies in memory beside its own points.
 */

import type { ByteSource } from './byteSource.ts';
import { type ColumnStore, shiftTarget } from './columns.ts';
import type { RawCloud } from './finishCloud.ts';
import { progressTicker, type ReadHooks } from './report.ts';
import { readColumn, type ScalarType } from './scalarTypes.ts';

export interface RowPlan {
  /** First byte of the first row; all rows are known to lie within the file. */
  readonly start: number;
  readonly rowBytes: number;
  readonly rows: number;
  /** "reading PCD" */
  readonly stage: string;
  /** Takes rows [first, first + count) from whole rows of bytes. */
  put(bytes: Uint8Array, first: number, count: number): void;
  /** True when `finish` wants what follows the rows. */
  readonly wantsRest: boolean;
  /** @param rest bytes behind the rows, empty unless wanted */
  finish(rest: Uint8Array): RawCloud;
}

/** Bytes read at once: long enough that reading costs nothing, short beside any large file. */
const PIECE = 1 << 23;
/** Rows are spread into columns in blocks that stay in the processor's cache. */
const BLOCK = 1 << 16;

/** One column of a row. */
export interface RowColumn {
  readonly type: ScalarType;
  readonly offset: number;
  readonly column: number;
}

/** @returns spreads rows into the store's columns */
export function rowSpreader(
  store: ColumnStore,
  columns: readonly RowColumn[],
  rowBytes: number,
  littleEndian: boolean,
): RowPlan['put'] {
  const kept = columns.flatMap(({ type, offset, column }) => {
    const target = store.target(column);
    return target === null ? [] : [{ type, offset, target }];
  });
  const block = Math.max(1, Math.floor(BLOCK / rowBytes));
  return (bytes, first, count) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let done = 0; done < count; done += block) {
      const rows = Math.min(block, count - done);
      for (const { type, offset, target } of kept)
        readColumn(
          view,
          type,
          done * rowBytes + offset,
          rowBytes,
          rows,
          littleEndian,
          shiftTarget(target, first + done),
        );
    }
  };
}

/** Carries out a plan on bytes that are in memory. */
export function readRows(plan: RowPlan, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  const tick = progressTicker(hooks, plan.stage, plan.rows);
  const piece = rowsAtOnce(plan);
  for (let row = 0; row < plan.rows; row += piece) {
    tick(0, row);
    const count = Math.min(piece, plan.rows - row);
    const at = plan.start + row * plan.rowBytes;
    plan.put(bytes.subarray(at, at + count * plan.rowBytes), row, count);
  }
  return plan.finish(bytes.subarray(plan.start + plan.rows * plan.rowBytes));
}

/**
 * Carries out a plan on a source.
 * @param onBytes is given every byte of the source once, in order
 */
export async function streamRows(
  plan: RowPlan,
  source: ByteSource,
  onBytes: (bytes: Uint8Array) => void,
  hooks: ReadHooks,
): Promise<RawCloud> {
  const tick = progressTicker(hooks, plan.stage, plan.rows);
  const piece = rowsAtOnce(plan);
  onBytes(await source.read(0, plan.start));
  for (let row = 0; row < plan.rows; row += piece) {
    tick(0, row);
    const count = Math.min(piece, plan.rows - row);
    const at = plan.start + row * plan.rowBytes;
    const bytes = await source.read(at, at + count * plan.rowBytes);
    onBytes(bytes);
    plan.put(bytes, row, count);
  }
  const end = plan.start + plan.rows * plan.rowBytes;
  if (plan.wantsRest) {
    const rest = await source.read(end, source.size);
    onBytes(rest);
    return plan.finish(rest);
  }
  for (let at = end; at < source.size; at += PIECE)
    onBytes(await source.read(at, Math.min(source.size, at + PIECE)));
  return plan.finish(new Uint8Array());
}

function rowsAtOnce({ rowBytes }: RowPlan): number {
  return Math.max(1, Math.floor(PIECE / rowBytes));
}
