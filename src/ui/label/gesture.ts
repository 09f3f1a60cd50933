/** What is being drawn on the screen with a tool, and which points it catches in the end. */

import {
  addStroke,
  emptyMask,
  polygonMask,
  rectangleMask,
  type ScreenMask,
} from '../../core/labels/screenMask.ts';
import { selectUnderMask, visiblePoints } from '../../core/labels/screenSelection.ts';
import type { PointCloud } from '../../core/types.ts';
import type { Viewer } from '../../viewer/viewer.ts';

export type Place = readonly [x: number, y: number];

/** A shape in CSS pixels of the 3D view. */
export type Shape =
  | { readonly kind: 'rectangle'; readonly from: Place; readonly to: Place }
  /** A lasso, or a polygon of which the last corner follows the pointer. */
  | { readonly kind: 'outline'; readonly corners: readonly Place[] }
  | { readonly kind: 'stroke'; readonly places: readonly Place[]; readonly radius: number };

function maskOf(shape: Shape, size: Place): ScreenMask {
  switch (shape.kind) {
    case 'rectangle':
      return rectangleMask(size, shape.from, shape.to);
    case 'outline':
      return polygonMask(size, shape.corners.flat());
    case 'stroke': {
      const mask = emptyMask(...size);
      shape.places.forEach((place, i) => {
        addStroke(mask, shape.places[Math.max(0, i - 1)]!, place, shape.radius);
      });
      return mask;
    }
    default:
      return shape satisfies never;
  }
}

interface CatchOptions {
  /** Not through the part, only what is seen. */
  readonly visibleOnly: boolean;
  /** [N] and the classes whose points are not drawn. */
  readonly classOf: Uint8Array;
  readonly hidden: ReadonlySet<number>;
}

/** Spacings that a seen point may lie behind the frontmost one: slanted faces stay whole. */
const DEPTH_SPACINGS = 2.5;

/** @returns [N] 1 = under the shape; null when nothing is drawn */
export function catchShape(
  viewer: Pick<Viewer, 'screenView' | 'pointExtent'>,
  { positions }: PointCloud,
  shape: Shape,
  { visibleOnly, classOf, hidden }: CatchOptions,
): Uint8Array | null {
  const view = viewer.screenView();
  if (view === null) return null;
  const size: Place = [Math.max(1, Math.round(view.width)), Math.max(1, Math.round(view.height))];
  const { pixels, length } = viewer.pointExtent();
  const mask = maskOf(shape, size);
  const caught = visibleOnly
    ? visiblePoints(positions, view, pixels, DEPTH_SPACINGS * length, mask)
    : selectUnderMask(positions, view, mask);
  if (hidden.size > 0) for (let i = 0; i < caught.length; i++) if (hidden.has(classOf[i]!)) caught[i] = 0;
  return caught;
}

/** An SVG path of what is drawn. */
export function shapePath(shape: Shape): string {
  switch (shape.kind) {
    case 'rectangle': {
      const [[x0, y0], [x1, y1]] = [shape.from, shape.to];
      return `M${x0} ${y0}H${x1}V${y1}H${x0}Z`;
    }
    case 'outline':
      return `M${shape.corners.map((corner) => corner.join(' ')).join('L')}Z`;
    case 'stroke': {
      // A path of one place has no length and would not be drawn.
      const places = shape.places.length === 1 ? [shape.places[0]!, shape.places[0]!] : shape.places;
      return `M${places.map((place) => place.join(' ')).join('L')}`;
    }
    default:
      return shape satisfies never;
  }
}
