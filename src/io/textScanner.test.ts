/** Numbers in scans must be read to the last bit, however the exporting program wrote them. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TextScanner } from './textScanner.ts';

function scanner(text: string): TextScanner {
  const made = new TextScanner(new TextEncoder().encode(text));
  made.nextLine();
  return made;
}

function readOne(text: string): number | 'no number' {
  const s = scanner(text);
  return s.readNumber() ? s.value : 'no number';
}

test.each(['0', '-0', '+1', '2.', '.5', '-.5', '1e+007', '1E-04', '2.e1', '3.1e2', '1e400', '-1e-400'])(
  '%s is read as JavaScript reads it',
  (text) => expect(readOne(text)).toBe(Number(text)),
);

test.each(['', '-', '.', 'e5', '3.1+e2', '12abc', '1e', '0x10', '1.2.3', '--1', 'nancy'])(
  '"%s" is no number',
  (text) => expect(readOne(text)).toBe('no number'),
);

test('NaN and infinity in the spellings of C, Python and Microsoft', () => {
  for (const text of ['nan', 'NaN', '-nan', '1.#QNAN', '-1.#IND', '1.#INF']) expect(readOne(text)).toBeNaN();
  expect(readOne('inf')).toBe(Infinity);
  expect(readOne('-Infinity')).toBe(-Infinity);
});

describe('every float64 comes back bit-exact', () => {
  test('in the shortest notation', () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (x) => {
        expect(readOne(String(x))).toBe(Number(String(x)));
      }),
      { numRuns: 2000 },
    ));
  test('with more digits than float64 has', () =>
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e20, max: 1e20 }), (x) => {
        expect(readOne(x.toExponential(20))).toBe(Number(x.toExponential(20)));
      }),
    ));
  test('with fixed decimals and a decimal comma', () =>
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 12 }), (n, decimals) => {
        const text = (n / 1000).toFixed(decimals);
        const s = scanner(text.replace('.', ','));
        s.decimal = 44;
        expect(s.readNumber()).toBe(true);
        expect(s.value).toBe(Number(text));
      }),
    ));
});

describe('a row of plain decimals', () => {
  const decimal = fc
    .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 6 }))
    .map(([n, decimals]) => (n / 1000).toFixed(decimals));
  test.each([
    [0, ' '],
    [44, ','],
    [59, ' ; '],
  ])('is read as field by field, separated by %i', (separator, written) =>
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 3, maxLength: 7 }), (fields) => {
        const values = new Float64Array(fields.length);
        expect(scanner(` ${fields.join(written)}\t`).readPlainRow(values, separator)).toBe(true);
        expect([...values]).toEqual(fields.map(Number));
      }),
    ),
  );
  test.each([
    '1 2',
    '1 2 3 4',
    '1 2 3e5',
    '1 2 nan',
    '1 2 "3"',
    '1 2 3x',
    '1 2 .',
    '1 2 3 # three',
    '1 2 3.1.2',
    '1 2 0.1234567890123456',
    '',
  ])('"%s" is left to the reader of fields', (text) => {
    const made = scanner(text);
    expect(made.readPlainRow(new Float64Array(3), 0)).toBe(false);
    expect(made.pos).toBe(0);
  });
});

test.each([
  { eol: 'LF', text: '1 2\n3\n\n4' },
  { eol: 'CRLF', text: '1 2\r\n3\r\n\r\n4' },
  { eol: 'CR', text: '1 2\r3\r\r4' },
])('lines end with $eol', ({ text }) => {
  const s = new TextScanner(new TextEncoder().encode(text));
  const lines: number[][] = [];
  while (s.nextLine()) {
    const numbers: number[] = [];
    while (s.readNumber()) numbers.push(s.value);
    expect(s.atLineEnd()).toBe(true);
    lines.push(numbers);
  }
  expect(lines).toEqual([[1, 2], [3], [], [4]]);
  expect(s.line).toBe(4);
});
