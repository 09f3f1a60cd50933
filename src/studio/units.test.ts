import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatLength,
  formatMilliseconds,
  formatModelLength,
  formatPercent,
  formatSignificant,
} from './units.ts';

/** Numbers and units are joined by a no-break space; plain ones are easier to read here. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('written numbers', () => {
  it('carry their unit and three significant digits', () => {
    expect(plain(formatLength(0.41999, 'mm'))).toBe('0.420 mm');
    expect(plain(formatLength(1234.5, 'um'))).toBe('1,235 µm');
    expect(plain(formatLength(12.34, 'file'))).toBe('12.3 file units');
    expect(plain(formatModelLength(0.012345))).toBe('0.0123 R');
  });

  it('do not turn small values into zero or exponents that nobody reads', () => {
    expect(formatSignificant(0.0000567)).toBe('0.0000567');
    expect(formatSignificant(4.2e-7)).toBe('4.20e\u22127');
    expect(formatSignificant(0)).toBe('0');
    expect(formatSignificant(-1.5)).toBe('\u22121.50');
    expect(formatSignificant(Number.NaN)).toBe('–');
  });

  it('write counts, shares, bytes and times as people do', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(plain(formatPercent(0.0324))).toBe('3.2 %');
    expect(plain(formatPercent(0.5))).toBe('50 %');
    expect(plain(formatPercent(0))).toBe('0 %');
    expect(plain(formatPercent(0.0004))).toBe('0.04 %');
    expect(plain(formatBytes(999_600))).toBe('1.0 MB');
    expect(plain(formatBytes(24_300_000))).toBe('24 MB');
    expect(plain(formatBytes(512))).toBe('512 B');
    expect(plain(formatMilliseconds(12.4))).toBe('12 ms');
    expect(plain(formatMilliseconds(1234))).toBe('1.23 s');
  });
});
