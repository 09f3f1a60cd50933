/**
 * LAS, all point formats, uncompressed. Own code: the record is a fixed layout, and libraries round coordinates
 * to float32 before anybody can take their origin off.
 */

import { FormatError } from '../core/errors.ts';
import type { RawCloud } from './finishCloud.ts';
import { LasColumns } from './lasColumns.ts';
import { parseLasHeader } from './lasHeader.ts';
import type { ReadHooks } from './report.ts';
import { type RowPlan, readRows } from './rowPlan.ts';

/** @throws FormatError for a header that cannot be used; a file that ends early gives what it has */
export function readLas(file: string, bytes: Uint8Array, hooks: ReadHooks): RawCloud {
  return readRows(planLas(file, bytes, bytes.length), bytes, hooks);
}

/**
 * @param head the beginning of the file; @param size of the whole file
 * @throws as `readLas`
 */
export function planLas(file: string, head: Uint8Array, size: number): RowPlan {
  const header = parseLasHeader(file, head);
  if (header.compressed)
    throw new FormatError(
      file,
      'LAS header',
      'the points are compressed (LAZ), which is not read here: export it as LAS, PLY or PCD',
    );
  const { firstRecord, recordLength, count } = header;
  const there = Math.max(0, Math.floor((size - firstRecord) / recordLength));
  const rows = Math.min(count, there);
  const warnings =
    there < count
      ? [`the header declares ${count} points, ${rows} whole ones follow: is the file cut off?`]
      : [];
  const columns = new LasColumns(header, rows);
  return {
    start: Math.min(firstRecord, size),
    rowBytes: recordLength,
    rows,
    stage: 'reading LAS',
    put: (bytes, first, taken) => columns.put(bytes, first, taken),
    wantsRest: false,
    finish: () => columns.toRawCloud(rows, warnings),
  };
}
