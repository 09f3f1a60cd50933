import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../core/errors.ts';
import { RandomStream } from '../core/random.ts';
import { auroc, averagePrecision, precisionRecallCurve, type Ranking, rank, rocCurve } from './metrics.ts';

const ranking = (scores: readonly number[], labels: readonly number[]): Ranking =>
  rank([{ scores: Float64Array.from(scores), labels: Uint8Array.from(labels) }]);

/** Scores from few values, so that ties are the rule. */
const scored = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 1 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((pairs) => ({ scores: pairs.map(([s]) => s / 3), labels: pairs.map(([, l]) => l) }));

describe('auroc', () => {
  it('is the share of correctly ordered pairs, by hand', () => {
    // Positives 0.8 and 0.3, negatives 0.5 and 0.1: pairs won 2 + 1 of 4.
    expect(auroc(ranking([0.8, 0.5, 0.3, 0.1], [1, 0, 1, 0])).value).toBe(0.75);
    expect(auroc(ranking([3, 2, 1], [1, 1, 0])).value).toBe(1);
    expect(auroc(ranking([3, 2, 1], [0, 0, 1])).value).toBe(0);
  });

  it('counts a tie as half', () => {
    // Pairs of positive 2 with negatives 2, 1: half + 1; of positive 1: 0 + half. 2 of 4.
    expect(auroc(ranking([2, 2, 1, 1], [1, 0, 0, 1])).value).toBe(0.5);
    expect(auroc(ranking([7, 7, 7], [1, 0, 0])).value).toBe(0.5);
  });

  it('says why it is not defined', () => {
    expect(auroc(ranking([1, 2], [0, 0]))).toEqual({ value: Number.NaN, reason: 'no anomalous samples' });
    expect(auroc(ranking([1, 2], [1, 1]))).toEqual({ value: Number.NaN, reason: 'no good samples' });
    expect(auroc(rank([])).reason).toBe('no anomalous samples');
  });

  it('agrees with counting all pairs', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        let won = 0;
        let pairs = 0;
        scores.forEach((p, i) => {
          scores.forEach((n, j) => {
            if (labels[i] !== 1 || labels[j] !== 0) return;
            pairs++;
            won += p > n ? 1 : p === n ? 0.5 : 0;
          });
        });
        const { value } = auroc(ranking(scores, labels));
        if (pairs === 0) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(won / pairs, 12);
      }),
    );
  });
});

describe('averagePrecision', () => {
  it('is the worked example of scikit-learn', () => {
    // average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) = 0.8333...
    expect(averagePrecision(ranking([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])).value).toBeCloseTo(5 / 6, 15);
  });

  it('takes equal scores as one threshold', () => {
    // Threshold 2: tp 1 of 2, precision 1/2; threshold 1: tp 2 of 2, precision 2/4.
    expect(averagePrecision(ranking([2, 2, 1, 1], [1, 0, 0, 1])).value).toBe(0.5);
    expect(averagePrecision(ranking([5, 5, 5, 5], [1, 0, 0, 0])).value).toBe(0.25);
  });

  it('is 1 without good samples and undefined without anomalous ones', () => {
    expect(averagePrecision(ranking([1, 2], [1, 1])).value).toBe(1);
    expect(averagePrecision(ranking([1, 2], [0, 0]))).toEqual({
      value: Number.NaN,
      reason: 'no anomalous samples',
    });
  });

  it('agrees with precision and recall counted at every threshold', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const positives = labels.filter((l) => l === 1).length;
        fc.pre(positives > 0);
        let expected = 0;
        let recallBefore = 0;
        for (const threshold of [...new Set(scores)].sort((a, b) => b - a)) {
          const above = labels.filter((_, i) => scores[i]! >= threshold);
          const tp = above.filter((l) => l === 1).length;
          expected += (tp / positives - recallBefore) * (tp / above.length);
          recallBefore = tp / positives;
        }
        expect(averagePrecision(ranking(scores, labels)).value).toBeCloseTo(expected, 12);
      }),
    );
  });
});

describe('curves', () => {
  it('pass through the points found by hand', () => {
    const r = ranking([0.9, 0.7, 0.7, 0.2], [1, 0, 1, 0]);
    const roc = rocCurve(r);
    expect([...roc.thresholds]).toEqual([Number.POSITIVE_INFINITY, 0.9, 0.7, 0.2]);
    expect([...roc.falsePositiveRate]).toEqual([0, 0, 0.5, 1]);
    expect([...roc.truePositiveRate]).toEqual([0, 0.5, 1, 1]);
    const pr = precisionRecallCurve(r);
    expect([...pr.precision]).toEqual([1, 1, 2 / 3, 0.5]);
    expect([...pr.recall]).toEqual([0, 0.5, 1, 1]);
  });

  it('have the AUROC as their area', () => {
    fc.assert(
      fc.property(scored, ({ scores, labels }) => {
        const r = ranking(scores, labels);
        fc.pre(r.positives.length > 0 && r.negatives.length > 0);
        const { falsePositiveRate: x, truePositiveRate: y } = rocCurve(r);
        let area = 0;
        for (let i = 1; i < x.length; i++) area += ((x[i]! - x[i - 1]!) * (y[i]! + y[i - 1]!)) / 2;
        expect(area).toBeCloseTo(auroc(r).value, 12);
      }),
    );
  });
});

describe('rank', () => {
  it('pools parts as if they were one, whatever their order', () => {
    fc.assert(
      fc.property(scored, scored, (a, b) => {
        const part = ({ scores, labels }: typeof a) => ({
          scores: Float32Array.from(scores),
          labels: Uint8Array.from(labels),
        });
        const pooled = rank([part(a), part(b)]);
        expect(pooled).toEqual(rank([part(b), part(a)]));
        expect(pooled.positives.length + pooled.negatives.length).toBe(a.scores.length + b.scores.length);
      }),
    );
  });

  it('refuses what cannot be ranked', () => {
    expect(() => ranking([1, Number.NaN], [0, 1])).toThrow(InvalidInputError);
    expect(() => ranking([1, 2], [0])).toThrow('2 scores but 1 labels');
  });

  it('takes infinities and both zeros', () => {
    const r = ranking([Number.POSITIVE_INFINITY, 0, -0, Number.NEGATIVE_INFINITY], [1, 0, 1, 0]);
    // Pairs: inf wins twice; -0 ties with 0 and beats -inf: 3.5 of 4.
    expect(auroc(r).value).toBe(0.875);
  });

  it('takes a million points in well under five seconds', () => {
    const random = new RandomStream(5);
    const scores = Float32Array.from({ length: 1_000_000 }, () => random.uniform());
    const labels = Uint8Array.from(scores, (score) => (random.uniform() < score * score ? 1 : 0));
    const start = performance.now();
    const r = rank([{ scores, labels }]);
    // P(label) = s^2, s uniform: densities 3 s^2 and 3/2 (1 - s^2), so the area is 4.5 (1/4 - 1/18) = 7/8.
    expect(auroc(r).value).toBeCloseTo(0.875, 2);
    expect(averagePrecision(r).value).toBeGreaterThan(1 / 3);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
