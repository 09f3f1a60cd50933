/** The header of LAS and LAZ files, versions 1.0 to 1.5. Source: ASPRS LAS specifications 1.2 and 1.4-R15. */

import { FormatError } from '../core/errors.ts';

export interface LasHeader {
  /** "1.4" */
  readonly version: string;
  /** 0 to 10. */
  readonly pointFormat: number;
  readonly compressed: boolean;
  readonly recordLength: number;
  readonly firstRecord: number;
  readonly count: number;
  readonly scale: readonly [number, number, number];
  readonly offset: readonly [number, number, number];
}

/** Shortest record of each point format. */
export const RECORD_LENGTHS = [20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67] as const;

const LEAST_HEADER = 227;

/**
 * @param head the beginning of the file
 * @throws FormatError when it is cut off, of an unknown version or point format, or contradicts itself
 */
export function parseLasHeader(file: string, head: Uint8Array): LasHeader {
  const fail = (why: string) => new FormatError(file, 'LAS header', why);
  if (head.length < LEAST_HEADER) throw fail('the file is cut off');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const [major, minor] = [head[24]!, head[25]!];
  if (major !== 1) throw fail(`version ${major}.${minor} is not known`);
  const formatByte = head[104]!;
  const pointFormat = formatByte & 0x3f;
  const recordLength = view.getUint16(105, true);
  const least = RECORD_LENGTHS[pointFormat];
  if (least === undefined) throw fail(`point format ${pointFormat} is not known`);
  if (recordLength < least)
    throw fail(
      `records of ${recordLength} bytes are too short for point format ${pointFormat} (${least} bytes)`,
    );
  const triple = (at: number) =>
    [0, 8, 16].map((step) => view.getFloat64(at + step, true)) as [number, number, number];
  const scale = triple(131);
  if (scale.some((factor) => !Number.isFinite(factor) || factor === 0))
    throw fail(`the scale (${scale.join(', ')}) makes no coordinates`);
  const legacy = view.getUint32(107, true);
  // From 1.4 on the count has 64 bits; the old field may be 0.
  const long = minor >= 4 && head.length >= 255 ? Number(view.getBigUint64(247, true)) : 0;
  return {
    version: `${major}.${minor}`,
    pointFormat,
    compressed: (formatByte & 0xc0) !== 0,
    recordLength,
    firstRecord: view.getUint32(96, true),
    count: long > 0 ? long : legacy,
    scale,
    offset: triple(155),
  };
}
