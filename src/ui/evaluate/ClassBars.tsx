/** Scores of good and of anomalous samples over one axis, the threshold dragged on it. */

import type { ClassHistogram } from '../../studio/evaluationCurves.ts';
import type { EvaluationLevel } from '../../studio/evaluationState.ts';
import { ticks } from '../../studio/histogram.ts';
import { formatSignificant, MODEL_UNIT } from '../../studio/units.ts';
import { type Axis, barsPath, toPixels } from '../legend/axis.ts';
import { Handle } from '../legend/Handle.tsx';
import { useSize } from '../parts/useSize.ts';

const HEAD = 14;
const LABELS = 22;

interface Props {
  readonly bins: ClassHistogram;
  readonly threshold: number;
  readonly level: EvaluationLevel;
  readonly onThreshold: (threshold: number) => void;
}

export function ClassBars({ bins, threshold, level, onThreshold }: Props) {
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const { good, bad, max } = bins;
  const axis: Axis = { min: 0, max, width: Math.max(1, width) };
  const bars = Math.max(1, (height - HEAD - LABELS) / 2);
  const highest = Math.max(...good, ...bad);
  const path = (counts: Uint32Array) =>
    barsPath({ counts, max, over: 0, peak: max }, axis.width, bars, highest);
  return (
    <>
      <p className="legend-keys">
        <span className="key key-bad">anomalous, upwards</span>
        <span className="key key-good">good, downwards</span>
        <span className="dim">
          {level}, logarithmic; score in {MODEL_UNIT}
        </span>
      </p>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be sized like a drawing */}
      <div className="class-bars" ref={ref} role="group" aria-label="Histogram of both classes">
        {width > 0 && (
          <>
            <svg className="bars" width={width} height={height} aria-hidden="true">
              <g transform={`translate(0 ${HEAD})`}>
                <path className="bars-bad" d={path(bad)} />
                <path
                  className="bars-fine"
                  d={path(good)}
                  transform={`translate(0 ${2 * bars}) scale(1 -1)`}
                />
                <path className="axis" d={`M0 ${bars}H${width}`} />
              </g>
              {ticks(max, 6).map((tick) => (
                <text
                  key={tick}
                  x={Math.min(width - 14, Math.max(8, toPixels(axis, tick)))}
                  y={height - 6}
                  textAnchor="middle"
                >
                  {formatSignificant(tick, 2)}
                </text>
              ))}
            </svg>
            <Handle
              kind="threshold"
              label="Threshold of the evaluation"
              axis={axis}
              value={threshold}
              text={formatSignificant(threshold, 4)}
              onChange={onThreshold}
            />
          </>
        )}
      </div>
    </>
  );
}
