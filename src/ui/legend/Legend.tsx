/** The legend is the histogram of the scores: threshold and range are dragged on it. */

import { useId, useMemo } from 'react';
import { countAbove, countBeyond, histogram, ticks } from '../../studio/histogram.ts';
import { formatCount, formatPercent, formatSignificant } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useSize } from '../parts/useSize.ts';
import {
  useColourMapShape,
  useColourTable,
  useDisplayUnit,
  useHeatmapScale,
  useJudgedScore,
  useSignedOffsets,
  useToleranceColours,
} from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { type Axis, BINS, barsPath, countTicks, gradientStops, logHeight, toPixels } from './axis.ts';
import { Handle } from './Handle.tsx';
import { RangeBar } from './RangeBar.tsx';

const NO_SCORES = new Float32Array(0);
/** Heights in pixels: room for the grip above the bars; colour strip and axis labels below them. */
const HEAD = 14;
const STRIP = 10;
const LABELS = 26;

export function Legend() {
  const score = useJudgedScore() ?? NO_SCORES;
  const scale = useHeatmapScale();
  const unit = useDisplayUnit();
  const { setThreshold, setRange } = useCommands();
  const [ref, { width, height }] = useSize<HTMLDivElement>();
  const signed = useSignedOffsets();
  const bands = useToleranceColours() !== null;
  const min = signed === null ? 0 : -scale.axisMax;
  const bins = useMemo(
    () => histogram(signed ?? score, scale.axisMax, BINS, min),
    [signed, score, scale.axisMax, min],
  );
  const axis: Axis = { min, max: scale.axisMax, width: Math.max(1, width) };
  const { low, high } = scale.range;

  return (
    <div className={`legend ${bands ? 'in-tolerance' : ''}`}>
      <LegendSummary score={signed ?? score} threshold={scale.threshold} bands={bands} />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be sized like a drawing */}
      <div className="legend-plot" ref={ref} role="group" aria-label="Histogram of scores">
        {width > 0 && (
          <>
            <Bars
              axis={axis}
              height={Math.max(1, height - HEAD - STRIP - LABELS)}
              counts={bins}
              threshold={scale.threshold}
            />
            {signed === null && (
              <RangeBar
                axis={axis}
                range={scale.range}
                text={`${unit.format(low)} to ${unit.format(high)}`}
                onChange={setRange}
              />
            )}
            {signed === null && (
              <Handle
                kind="range"
                label="Lowest colour"
                axis={axis}
                value={low}
                text={unit.format(low)}
                onChange={(value) => setRange({ low: Math.min(value, high), high })}
              />
            )}
            <Handle
              kind="range"
              label="Highest colour"
              axis={axis}
              value={high}
              text={unit.format(high)}
              onChange={(value) => setRange({ low, high: Math.max(value, low) })}
            />
            <Handle
              kind="threshold"
              label={bands ? 'Tolerance on the histogram' : 'Threshold on the histogram'}
              axis={axis}
              value={scale.threshold}
              text={unit.format(scale.threshold)}
              onChange={setThreshold}
            />
          </>
        )}
      </div>
    </div>
  );
}

interface SummaryProps {
  /** [N] scores, or offsets with a sign. */
  readonly score: Float32Array;
  readonly threshold: number;
  /** A tolerance is inspected. */
  readonly bands: boolean;
}

function LegendSummary({ score, threshold, bands }: SummaryProps) {
  const plain = useJudgedScore() ?? NO_SCORES;
  // Offsets count by their size where a tolerance is inspected; what counts as defect elsewhere is the score.
  const above = useMemo(
    () => (bands ? countBeyond(score, threshold) : countAbove(plain, threshold)),
    [bands, score, plain, threshold],
  );
  const { symbol } = useDisplayUnit();
  const signed = useSignedOffsets() !== null;
  const own = useStudio(({ view }) => view.range !== null);
  const { setRange } = useCommands();
  return (
    <div className="legend-head">
      <h2>{bands ? 'Deviation' : 'Score'}</h2>
      <span className="dim">
        {signed ? 'offset along the normal' : 'predicted distance from a good part'}, {symbol}
      </span>
      <IconButton
        icon="reset"
        label={bands ? 'Colours up to three tolerances' : 'Use the model’s absolute scale'}
        disabled={!own}
        onClick={() => setRange(null)}
      />
      <output className="legend-count" aria-label="Points above the threshold">
        {score.length === 0 ? (
          <span className="dim">no scores yet</span>
        ) : (
          <>
            <b>{formatCount(above)}</b> of {formatCount(score.length)} points {bands ? 'beyond' : 'above'} (
            {formatPercent(above / score.length)})
          </>
        )}
      </output>
    </div>
  );
}

interface BarsProps {
  readonly axis: Axis;
  readonly height: number;
  readonly counts: ReturnType<typeof histogram>;
  readonly threshold: number;
}

function Bars({ axis, height, counts, threshold }: BarsProps) {
  const id = useId();
  const unit = useDisplayUnit();
  const scale = useHeatmapScale();
  const highest = useMemo(() => counts.counts.reduce((max, count) => Math.max(max, count), 0), [counts]);
  const path = useMemo(
    () => barsPath(counts, axis.width, height, highest),
    [counts, axis.width, height, highest],
  );
  const signed = axis.min < 0;
  const good: Span = [signed ? toPixels(axis, -threshold) : 0, toPixels(axis, threshold)];
  const shownMax = axis.max * unit.perModelUnit;
  const xTicks = ticks(shownMax, Math.max(3, Math.floor(axis.width / (signed ? 128 : 64))));
  const decimals = Math.max(0, -Math.floor(Math.log10(xTicks[1] ?? 1)));
  const upper = xTicks.filter((tick) => tick <= shownMax * 0.97);
  const levels = countTicks(highest, height).map((count) => ({
    count,
    y: Math.round(height * (1 - logHeight(count, highest))) + 0.5,
  }));
  const labelled = signed ? [...upper.slice(1).map((tick) => -tick), ...upper] : upper;

  return (
    <svg className="bars" width={axis.width} height={HEAD + height + STRIP + LABELS} aria-hidden="true">
      <g transform={`translate(0 ${HEAD})`}>
        <LegendPaint
          id={id}
          axis={axis}
          good={good}
          height={height + STRIP}
          low={signed ? -scale.range.high : scale.range.low}
          high={scale.range.high}
        />
        {levels.map(({ count, y }) => (
          <path key={count} className="level" d={`M0 ${y}H${axis.width}`} />
        ))}
        <path className="bars-good" d={path} clipPath={`url(#${id}-good)`} />
        <path d={path} fill={`url(#${id}-map)`} clipPath={`url(#${id}-bad)`} />
        {levels
          .filter(({ y }) => y > 12)
          .map(({ count, y }) => (
            <text key={count} x={axis.width} y={y - 3} textAnchor="end">
              {formatCount(count)}
              {count === 1 ? ' point' : ''}
            </text>
          ))}
        <rect y={height + 1} width={axis.width} height={STRIP - 2} fill={`url(#${id}-map)`} />
        <rect
          className="strip-good"
          x={good[0]}
          y={height + 1}
          width={good[1] - good[0]}
          height={STRIP - 2}
        />
        {signed && (
          <>
            <path className="threshold-mirror" d={`M${good[0]} 0V${height + STRIP}`} />
            <text x={4} y={10}>
              − dent
            </text>
            <text x={axis.width - 36} y={10} textAnchor="end">
              + bulge
            </text>
          </>
        )}
        {labelled.map((tick) => (
          <text
            key={tick}
            className="tick"
            x={toPixels(axis, tick / unit.perModelUnit)}
            y={height + STRIP + 20}
            textAnchor={tick === 0 && !signed ? 'start' : 'middle'}
          >
            {tick === 0 ? '0' : tick.toFixed(decimals).replace('-', '−')}
          </text>
        ))}
        {counts.over > 0 && (
          <text className="over" x={axis.width} y={-2} textAnchor="end">
            {formatCount(counts.over)} beyond, up to {formatSignificant(counts.peak * unit.perModelUnit)} →
          </text>
        )}
      </g>
    </svg>
  );
}

/** From and to, pixels. */
type Span = readonly [number, number];

interface PaintProps {
  readonly id: string;
  readonly axis: Axis;
  /** Where points count as good. */
  readonly good: Span;
  readonly height: number;
  readonly low: number;
  readonly high: number;
}

/** The colour map as a gradient between the ends of the range, and the two sides of the threshold. */
function LegendPaint({ id, axis, good: [from, to], height, low, high }: PaintProps) {
  const table = useColourTable();
  const map = useColourMapShape();
  return (
    <defs>
      <linearGradient
        id={`${id}-map`}
        gradientUnits="userSpaceOnUse"
        x1={toPixels(axis, low)}
        x2={toPixels(axis, high)}
      >
        {gradientStops(table, map).map((stop, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two stops of a step share their offset
          <stop key={i} offset={stop.offset} stopColor={stop.colour} />
        ))}
      </linearGradient>
      <clipPath id={`${id}-good`}>
        <rect x={from} y={0} width={to - from} height={height} />
      </clipPath>
      <clipPath id={`${id}-bad`}>
        <rect x={0} y={0} width={from} height={height} />
        <rect x={to} y={0} width={Math.max(0, axis.width - to)} height={height} />
      </clipPath>
    </defs>
  );
}
