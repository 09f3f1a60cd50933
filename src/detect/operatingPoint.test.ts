import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rank } from './metrics.ts';
import { bestF1, confusionAt, confusionRates } from './operatingPoint.ts';

const ranking = (scores: readonly number[], labels: readonly number[]) =>
  rank([{ scores: Float64Array.from(scores), labels: Uint8Array.from(labels) }]);

const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 40,
  })
  .map((pairs) => ({ scores: pairs.map(([s]) => s / 4), labels: pairs.map(([, l]) => l) }));

/** Counts by going through all samples. */
function count(scores: readonly number[], labels: readonly number[], threshold: number) {
  const cells = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  scores.forEach((score, i) => {
    const bad = score > threshold;
    if (labels[i] === 1) cells[bad ? 'truePositives' : 'falseNegatives']++;
    else cells[bad ? 'falsePositives' : 'trueNegatives']++;
  });
  return cells;
}

describe('confusionAt', () => {
  it('calls a score at the threshold good, as the verdict does', () => {
    expect(confusionAt(ranking([1, 2, 3], [0, 1, 1]), 2)).toEqual({
      truePositives: 1,
      falsePositives: 0,
      trueNegatives: 1,
      falseNegatives: 1,
    });
  });

  it('agrees with counting all samples', () => {
    fc.assert(
      fc.property(scored, fc.integer({ min: -1, max: 9 }), ({ scores, labels }, t) => {
        expect(confusionAt(ranking(scores, labels), t / 4)).toEqual(count(scores, labels, t / 4));
      }),
    );
  });

  it('has rates by their definitions, and none where there is nothing to divide by', () => {
    const rates = confusionRates({
      truePositives: 3,
      falsePositives: 1,
      trueNegatives: 4,
      falseNegatives: 2,
    });
    expect(rates.precision).toBe(3 / 4);
    expect(rates.recall).toBe(3 / 5);
    // 2 P R / (P + R) = 2 (3/4)(3/5) / (27/20) = 2/3
    expect(rates.f1).toBeCloseTo(2 / 3, 15);
    expect(rates.falsePositiveRate).toBe(1 / 5);
    expect(rates.accuracy).toBe(0.7);
    expect(confusionRates(confusionAt(ranking([1], [0]), 2)).recall).toBeNaN();
  });
});

describe('bestF1', () => {
  it('is the best of all thresholds, and its threshold gives it', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const made = ranking(scores, labels);
        const { f1, threshold } = bestF1(made);
        if (!labels.includes(1)) {
          expect(f1.reason).toBe('no anomalous samples');
          return;
        }
        const all = [-1, ...scores].map((t) => confusionRates(confusionAt(made, t)).f1);
        expect(f1.value).toBeCloseTo(Math.max(...all.filter((v) => !Number.isNaN(v))), 12);
        expect(confusionRates(confusionAt(made, threshold)).f1).toBeCloseTo(f1.value, 12);
      }),
    );
  });
});
