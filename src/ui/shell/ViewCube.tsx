/**
 * The cube in the corner: where X, Y and Z of the file point, and, pressed on a face, an edge or a corner, the
 * view from there. Drawn after every frame. For the pointer; the keyboard has the buttons and keys of the views.
 */

import type { RefObject } from 'react';
import type { Vec3 } from '../../core/types.ts';
import { useViewer } from '../useViewer.ts';
import { CUBE_FACES, type CubeCell, cellsOf, faceCorners, facing, placeOf } from './viewCube.ts';

export function ViewCube({ ref }: { readonly ref: RefObject<SVGSVGElement | null> }) {
  const viewer = useViewer();
  return (
    <svg
      ref={ref}
      className="view-cube"
      viewBox="-50 -50 100 100"
      aria-hidden="true"
      focusable="false"
      onClick={({ target }) => {
        const direction = directionOf(target);
        if (direction !== null) viewer.current?.lookAlong(direction);
      }}
      onPointerOver={({ currentTarget, target }) => highlight(currentTarget, target)}
      onPointerLeave={({ currentTarget }) => highlight(currentTarget, null)}
    >
      {CUBE_FACES.map((face) => (
        <g key={face.name} className={`cube-face axis-${face.axis}`}>
          {cellsOf(face).map((cell) => (
            <polygon key={cell.key} data-direction={cell.direction.join(' ')}>
              <title>{wordsOf(cell)}</title>
            </polygon>
          ))}
          <text textAnchor="middle" dominantBaseline="central">
            {face.name}
          </text>
        </g>
      ))}
    </svg>
  );
}

function wordsOf({ direction }: CubeCell): string {
  const sides = direction.flatMap((sign, axis) =>
    sign === 0 ? [] : [`${sign > 0 ? '+' : '−'}${'XYZ'[axis]}`],
  );
  return `View from ${sides.join(' ')}`;
}

function directionOf(target: EventTarget | null): Vec3 | null {
  const text = target instanceof SVGElement ? target.dataset.direction : undefined;
  if (text === undefined) return null;
  const [x, y, z] = text.split(' ').map(Number);
  return [x ?? 0, y ?? 0, z ?? 0];
}

/** An edge has strips on two faces, a corner squares on three: all of them light up. */
function highlight(cube: SVGSVGElement, target: EventTarget | null): void {
  const direction = target instanceof SVGElement ? target.dataset.direction : undefined;
  for (const cell of cube.querySelectorAll('polygon'))
    cell.classList.toggle('cube-chosen', direction !== undefined && cell.dataset.direction === direction);
}

/** @param rotation column-major 4x4 axes of the file -> view */
export function drawCube(svg: SVGSVGElement | null, rotation: readonly number[]): void {
  svg?.querySelectorAll('g').forEach((group, at) => {
    const face = CUBE_FACES[at]!;
    const seen = facing(face, rotation);
    group.style.display = seen ? '' : 'none';
    if (!seen) return;
    const cells = cellsOf(face);
    group.querySelectorAll('polygon').forEach((polygon, i) => {
      const corners = cells[i]!.corners.map((corner) => placeOf(corner, rotation));
      polygon.setAttribute('points', corners.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(' '));
    });
    const [origin, across, down] = faceCorners(face).map((corner) => placeOf(corner, rotation));
    const matrix = [
      across![0] - origin![0],
      across![1] - origin![1],
      down![0] - origin![0],
      down![1] - origin![1],
      ...origin!,
    ];
    // The name lies on its face.
    group
      .querySelector('text')
      ?.setAttribute('transform', `matrix(${matrix.map((v) => v.toFixed(3)).join(' ')})`);
  });
}
