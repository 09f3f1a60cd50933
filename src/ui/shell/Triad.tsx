/** The axis triad in the corner: where X, Y and Z of the file point. Drawn after every frame. */

import type { RefObject } from 'react';

const AXES = ['x', 'y', 'z'] as const;
const LENGTH = 22;

export function Triad({ ref }: { readonly ref: RefObject<SVGSVGElement | null> }) {
  return (
    <svg ref={ref} className="triad" viewBox="-34 -34 68 68" aria-hidden="true" focusable="false">
      {AXES.map((axis) => (
        <g key={axis} className={`axis-${axis}`}>
          <line x1="0" y1="0" x2="0" y2="0" />
          <text textAnchor="middle" dominantBaseline="central">
            {axis.toUpperCase()}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** @param rotation column-major 4x4 axes of the file -> view */
export function drawTriad(svg: SVGSVGElement | null, rotation: readonly number[]): void {
  svg?.querySelectorAll('g').forEach((group, axis) => {
    const x = rotation[4 * axis]! * LENGTH;
    const y = -rotation[4 * axis + 1]! * LENGTH;
    const towards = rotation[4 * axis + 2]!;
    const line = group.querySelector('line');
    const text = group.querySelector('text');
    line?.setAttribute('x2', x.toFixed(2));
    line?.setAttribute('y2', y.toFixed(2));
    text?.setAttribute('x', (x * 1.3).toFixed(2));
    text?.setAttribute('y', (y * 1.3).toFixed(2));
    // Axes that point away from the viewer step back.
    group.setAttribute('opacity', (0.75 + 0.25 * towards).toFixed(2));
  });
}
