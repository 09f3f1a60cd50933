/** A stored reference comes back as it was; a damaged one is refused with its place. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FormatError, StudioError } from '../core/errors.ts';
import { buildReference } from '../core/reference.ts';
import { SHAPE_WIDTH } from '../core/shapeFeatures.ts';
import { madePart } from '../testing/madePart.ts';
import { isReferenceFile, readReferenceFile, writeReferenceFile } from './referenceFile.ts';

const { points } = madePart('knob', { seed: 1, points: 400 });
const reference = buildReference([{ name: 'good', positions: points, faces: null }]);
const calibration = { pointThreshold: 0.01, objectThreshold: 0.02, how: 'by hand' };
const bytes = writeReferenceFile({ detector: 'residual', reference, calibration });

test('round trip', () => {
  expect(isReferenceFile(bytes)).toBe(true);
  const back = readReferenceFile('r', bytes);
  expect(back.calibration).toEqual(calibration);
  expect(back.reference).toEqual(reference);
  expect(writeReferenceFile(back)).toEqual(bytes);
});

test('a bank of shapes and what an ensemble takes for usual come back; half of it is refused', () => {
  const bank = {
    cell: 0.04,
    unit: 0.002,
    width: SHAPE_WIDTH,
    values: new Float32Array(3 * SHAPE_WIDTH).fill(0.5),
  };
  const usual = [{ member: 'residual', mean: 0.01, deviation: 0.002, object: 0.03 }];
  const whole = writeReferenceFile({ detector: 'ensemble', reference, calibration, bank, usual });
  expect(readReferenceFile('r', whole)).toMatchObject({ bank, usual });
  const renamed = Buffer.from(whole).toString('latin1').replace('"bank":', '"bonk":');
  expect(() => readReferenceFile('r', new Uint8Array(Buffer.from(renamed, 'latin1')))).toThrow('not whole');
  const broken = { ...usual[0]!, deviation: 0 };
  const wrong = writeReferenceFile({ detector: 'ensemble', reference, calibration, bank, usual: [broken] });
  expect(() => readReferenceFile('r', wrong)).toThrow('is damaged');
});

test('damage is a FormatError or an error with a place, never a crash', () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.nat(255), (at, value) => {
      const damaged = bytes.slice();
      damaged[at] = value;
      try {
        readReferenceFile('r', damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(StudioError);
      }
    }),
    { numRuns: 60 },
  );
  expect(() => readReferenceFile('r', bytes.slice(0, bytes.length - 8))).toThrow(FormatError);
  expect(isReferenceFile(new Uint8Array(3))).toBe(false);
});
