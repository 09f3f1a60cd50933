/** Point pairs from a text: a pair a line, x y z on the scan and x y z on the good scan, blanks or commas between. */

import { FormatError } from '../core/errors.ts';
import { checkPairs, type PointPairs } from '../core/registration/pointPairs.ts';

/**
 * Empty lines and those that begin with # are passed over.
 * @throws FormatError with the line; InvalidInputError, see `checkPairs`
 */
export function readPairs(file: string, text: string): PointPairs {
  const scan: number[] = [];
  const good: number[] = [];
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim();
    if (words === '' || words.startsWith('#')) continue;
    const numbers = words.split(/[\s,;]+/).map(Number);
    if (numbers.length !== 6 || !numbers.every(Number.isFinite))
      throw new FormatError(
        file,
        `line ${at + 1}`,
        'is not six numbers: x y z on the scan, x y z on the good scan',
      );
    scan.push(...numbers.slice(0, 3));
    good.push(...numbers.slice(3));
  }
  const pairs = { scan: Float64Array.from(scan), good: Float64Array.from(good) };
  checkPairs(file, pairs);
  return pairs;
}
