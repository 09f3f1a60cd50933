/** A curve in the unit square, with chance for comparison and the place where the threshold stands. */

import { useId } from 'react';
import type { Curve } from '../../studio/evaluationCurves.ts';

interface Props {
  readonly title: string;
  /** null: not defined, because a class is missing. */
  readonly curve: Curve | null;
  readonly x: string;
  readonly y: string;
  /** Where the threshold stands; null or NaN for nowhere. */
  readonly at: readonly [number, number] | null;
  /** The curve of chance: the diagonal, or a constant height. */
  readonly chance: 'diagonal' | number;
}

const SIZE = 200;
const LEFT = 42;
const BOTTOM = 32;
const TOP = 8;
const RIGHT = 10;

const px = (value: number) => LEFT + value * SIZE;
const py = (value: number) => TOP + (1 - value) * SIZE;

function pathOf({ x, y }: Curve): string {
  return Array.from(
    x,
    (value, i) => `${i === 0 ? 'M' : 'L'}${px(value).toFixed(2)} ${py(y[i]!).toFixed(2)}`,
  ).join('');
}

export function CurveChart({ title, curve, x, y, at, chance }: Props) {
  const id = useId();
  const placed = at !== null && !Number.isNaN(at[0]) && !Number.isNaN(at[1]);
  return (
    <section className="curve" aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      {curve === null ? (
        <p className="note">Not defined: good and anomalous samples are both needed.</p>
      ) : (
        <svg
          viewBox={`0 0 ${LEFT + SIZE + RIGHT} ${TOP + SIZE + BOTTOM}`}
          role="img"
          aria-label={
            placed ? `${title}: ${x} ${at[0].toFixed(3)}, ${y} ${at[1].toFixed(3)} at the threshold` : title
          }
        >
          {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
            <g key={tick}>
              <path className="grid" d={`M${px(tick)} ${py(0)}V${py(1)}M${px(0)} ${py(tick)}H${px(1)}`} />
              {tick !== 0.25 && tick !== 0.75 && (
                <>
                  <text x={px(tick)} y={py(0) + 13} textAnchor="middle">
                    {tick}
                  </text>
                  <text x={px(0) - 5} y={py(tick) + 3.5} textAnchor="end">
                    {tick}
                  </text>
                </>
              )}
            </g>
          ))}
          <path
            className="chance"
            d={
              chance === 'diagonal'
                ? `M${px(0)} ${py(0)}L${px(1)} ${py(1)}`
                : `M${px(0)} ${py(chance)}H${px(1)}`
            }
          />
          <path className="line" d={pathOf(curve)} />
          {placed && <circle className="at" cx={px(at[0])} cy={py(at[1])} r="4.5" />}
          <text x={px(0.5)} y={py(0) + 27} textAnchor="middle">
            {x}
          </text>
          <text transform={`translate(10 ${py(0.5)}) rotate(-90)`} textAnchor="middle">
            {y}
          </text>
        </svg>
      )}
    </section>
  );
}
