import { describe, expect, it } from 'vitest';
import { HIDDEN_MARK } from '../../viewer/pointLayer.ts';
import { markPalette, marksOf } from './marks.ts';

describe('marks of labels', () => {
  it('show a selection over classes and nothing of what is hidden', () => {
    const marks = marksOf(Uint8Array.of(0, 1, 2, 2), Uint8Array.of(1, 1, 0, 1), new Set([2]));
    expect([...marks]).toEqual([254, 254, HIDDEN_MARK, HIDDEN_MARK]);
    expect([...marksOf(Uint8Array.of(0, 1), null, new Set())]).toEqual([0, 1]);
  });

  it('leave good points their own colour', () => {
    const palette = markPalette([
      { number: 0, name: 'good', colour: '#112233' },
      { number: 3, name: 'dent', colour: '#0072b2' },
    ]);
    expect([...palette.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect([...palette.subarray(12, 15)]).toEqual([0x00, 0x72, 0xb2]);
    expect(palette[15]).toBeGreaterThan(0);
  });
});
