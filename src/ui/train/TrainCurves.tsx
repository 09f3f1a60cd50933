/** The curves of a run: loss and its terms, AUROC on held-out pseudo-defects, learning rate. */

import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { shownRun, type TrainingRun } from '../../studio/trainingState.ts';
import { formatSignificant } from '../../studio/units.ts';
import { type Size, useSize } from '../parts/useSize.ts';
import { useTheme } from '../theme.ts';
import { useStudio } from '../useStudio.ts';

type CurveId = 'loss' | 'auroc' | 'rate';

interface Line {
  readonly label: string;
  /** Custom property of the theme. */
  readonly colour: string;
  readonly dash?: readonly number[];
}

interface Curve {
  readonly id: CurveId;
  readonly title: string;
  readonly lines: readonly Line[];
  /** Steps, then the values of each line; null = no value. */
  values(run: TrainingRun): (number | null)[][];
}

const CURVES: readonly Curve[] = [
  {
    id: 'loss',
    title: 'Loss',
    lines: [
      { label: 'loss', colour: '--text' },
      { label: 'distance', colour: '--axis-z' },
      { label: 'direction', colour: '--warn', dash: [4, 3] },
    ],
    values: ({ history }) => [
      history.map(({ step }) => step),
      history.map(({ loss }) => loss),
      history.map(({ dist }) => dist),
      history.map(({ dir }) => dir),
    ],
  },
  {
    id: 'auroc',
    title: 'AUROC',
    lines: [
      { label: 'points', colour: '--axis-z' },
      { label: 'objects', colour: '--warn', dash: [4, 3] },
    ],
    values: ({ validations }) => [
      validations.map(({ step }) => step),
      validations.map(({ pointAuroc }) => pointAuroc),
      validations.map(({ objectAuroc }) => objectAuroc),
    ],
  },
  {
    id: 'rate',
    title: 'Gradient and rate',
    lines: [
      { label: 'gradient norm', colour: '--axis-z' },
      { label: 'learning rate × 1000', colour: '--warn', dash: [4, 3] },
    ],
    values: ({ history }) => [
      history.map(({ step }) => step),
      history.map(({ gradNorm }) => gradNorm),
      history.map(({ lr }) => lr * 1000),
    ],
  },
];

export function TrainCurves() {
  const run = useStudio((state) => shownRun(state.training));
  const [chosen, setChosen] = useState<CurveId>('loss');
  const curve = CURVES.find(({ id }) => id === chosen)!;
  return (
    <div className="curves">
      <div className="curves-head">
        <div className="segments" role="radiogroup" aria-label="Curve">
          {CURVES.map(({ id, title }) => (
            <label key={id}>
              <input type="radio" name="curve" checked={id === chosen} onChange={() => setChosen(id)} />
              {title}
            </label>
          ))}
        </div>
        <ul className="curve-keys">
          {curve.lines.map((line, i) => (
            <li key={line.label}>
              <svg viewBox="0 0 20 4" aria-hidden="true">
                <path d="M0 2h20" className={`curve-key-${i}`} style={keyStyle(line)} />
              </svg>
              {line.label} <b>{run === null ? '' : lastValue(curve, run, i)}</b>
            </li>
          ))}
        </ul>
      </div>
      {run === null ? (
        <p className="note curves-empty">The curves of a run appear here.</p>
      ) : (
        <Plot key={`${run.id} ${curve.id}`} run={run} curve={curve} />
      )}
    </div>
  );
}

function keyStyle({ colour, dash }: Line) {
  return { stroke: `var(${colour})`, strokeDasharray: dash?.join(' ') };
}

function lastValue(curve: Curve, run: TrainingRun, line: number): string {
  const value = curve.values(run)[line + 1]!.at(-1);
  return value == null ? '' : formatSignificant(value, 3);
}

function Plot({ run, curve }: { readonly run: TrainingRun; readonly curve: Curve }) {
  const [host, { width, height }] = useSize<HTMLDivElement>();
  const plot = useRef<uPlot | null>(null);
  const theme = useTheme();
  const data = useMemo(() => curve.values(run) as uPlot.AlignedData, [curve, run]);
  const newest = useRef({ data, width, height });
  newest.current = { data, width, height };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    if (host.current === null) return;
    const made = new uPlot(optionsOf(curve, newest.current), newest.current.data, host.current);
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, [host, curve, theme]);
  useEffect(() => {
    if (width > 0 && height > 0) plot.current?.setSize({ width, height });
  }, [width, height]);
  useEffect(() => plot.current?.setData(data), [data]);

  const [steps, first] = [data[0], data[1]];
  const label =
    steps.length === 0
      ? `${curve.title}: no values yet`
      : `${curve.title} over ${steps.length} values, from ${first![0] ?? 'none'} to ${first!.at(-1) ?? 'none'}`;
  return <div ref={host} className="curve-plot" role="img" aria-label={label} />;
}

function optionsOf({ lines }: Curve, { width, height }: Size): uPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--dim'),
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { stroke: colour('--line'), width: 1 },
    font: `11px ${colour('--font')}`,
  };
  return {
    // Not measured yet when the page is drawn for the first time.
    width: width || 300,
    height: height || 120,
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: false } },
    axes: [
      { ...axis, size: 26 },
      { ...axis, size: 52 },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: name, dash }) => ({
        label,
        stroke: colour(name),
        width: 1.5,
        spanGaps: true,
        points: { show: false },
        ...(dash === undefined ? {} : { dash: [...dash] }),
      })),
    ],
  };
}
