/** Histogram of both classes with the threshold on it, what it decides, and the two curves. */

import { useId, useMemo } from 'react';
import { classHistogram, precisionRecallOf, rocOf } from '../../studio/evaluationCurves.ts';
import {
  type CategoryReport,
  confusionAt,
  confusionRates,
  type EvaluationLevel,
} from '../../studio/evaluationState.ts';
import { formatCount, formatSignificant } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands } from '../useStudio.ts';
import { ClassBars } from './ClassBars.tsx';
import { CurveChart } from './CurveChart.tsx';
import { useThreshold } from './useThreshold.ts';

const BINS = 96;

export function ChartsPanel({ report }: { readonly report: CategoryReport }) {
  const { ranking, threshold, level, own } = useThreshold(report);
  const { setEvaluationThreshold } = useCommands();
  const bins = useMemo(() => classHistogram(ranking, level === 'points' ? BINS : BINS / 2), [ranking, level]);
  const roc = useMemo(() => rocOf(ranking), [ranking]);
  const precisionRecall = useMemo(() => precisionRecallOf(ranking), [ranking]);
  const confusion = confusionAt(ranking, threshold);
  const rates = confusionRates(confusion);
  const good = confusion.falsePositives + confusion.trueNegatives > 0;
  return (
    <div className="charts">
      <section className="chart-wide" aria-label="Scores and threshold">
        <header>
          <LevelChoice level={level} />
          <span className="dim">
            threshold {formatSignificant(threshold, 4)} {own ? 'set by you' : 'with the best F1'}
          </span>
          <IconButton
            icon="reset"
            label="Use the threshold with the best F1"
            disabled={!own}
            onClick={() => setEvaluationThreshold(null)}
          />
        </header>
        <ClassBars bins={bins} threshold={threshold} onThreshold={setEvaluationThreshold} level={level} />
      </section>
      <section aria-label="Confusion at the threshold">
        <h3>At this threshold</h3>
        <table className="confusion">
          <thead>
            <tr>
              <td />
              <th scope="col">called bad</th>
              <th scope="col">called good</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">is bad</th>
              <td className="right">{formatCount(confusion.truePositives)}</td>
              <td className="wrong">{formatCount(confusion.falseNegatives)} missed</td>
            </tr>
            <tr>
              <th scope="row">is good</th>
              <td className="wrong">{formatCount(confusion.falsePositives)} false alarms</td>
              <td className="right">{formatCount(confusion.trueNegatives)}</td>
            </tr>
          </tbody>
        </table>
        <dl className="facts">
          {(
            [
              ['Precision', rates.precision],
              ['Recall', rates.recall],
              ['F1', rates.f1],
              ['False alarm rate', rates.falsePositiveRate],
            ] as const
          ).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{Number.isNaN(value) ? '–' : value.toFixed(4)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <CurveChart
        title="ROC"
        curve={roc}
        x="False positive rate"
        y="True positive rate"
        at={good ? [rates.falsePositiveRate, rates.recall] : null}
        chance="diagonal"
      />
      <CurveChart
        title="Precision and recall"
        curve={precisionRecall}
        x="Recall"
        y="Precision"
        at={[rates.recall, rates.precision]}
        chance={ranking.positives.length / (ranking.positives.length + ranking.negatives.length)}
      />
    </div>
  );
}

const LEVELS: readonly (readonly [EvaluationLevel, string])[] = [
  ['objects', 'Whole objects'],
  ['points', 'Points'],
];

function LevelChoice({ level }: { readonly level: EvaluationLevel }) {
  const name = useId();
  const { setLevel } = useCommands();
  return (
    <fieldset className="segmented">
      <legend className="visually-hidden">The threshold is for</legend>
      {LEVELS.map(([id, label]) => (
        <label key={id}>
          <input type="radio" name={name} checked={id === level} onChange={() => setLevel(id)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
