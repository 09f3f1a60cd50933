/**
 * Labelling a large scan: what the page computes between the release of a lasso or a brush and the points that are
 * marked, and for every move of a brush under way. Without the 3D view, whose upload is one attribute of bytes.
 */

import { emptyLabels, type LabelSet } from '../src/core/labels/labelSet.ts';
import type { PointCloud } from '../src/core/types.ts';
import { combine, selectionOf } from '../src/studio/labelState.ts';
import { catchShape, type Place, type Shape, shapePath } from '../src/ui/label/gesture.ts';
import { marksOf } from '../src/ui/label/marks.ts';
import { wavySphere } from './clouds.ts';
import { median } from './median.ts';
import { mainThreadMs, round } from './timing.ts';

export interface LabelResult {
  readonly what: 'label';
  readonly part: string;
  readonly points: number;
  /** Points that were caught. */
  readonly caught: number;
  /** Milliseconds, the middle of the runs; of CPU time where the system tells it. */
  readonly ms: number;
  /** What it must stay below: 100 ms for a lasso, a frame of 30 a second for a move. */
  readonly goal: number;
}

const WIDTH = 1600;
const HEIGHT = 900;
/** Column-major: looks along z from far away, the part over most of the view's height. */
const TO_CLIP = [(0.9 * HEIGHT) / WIDTH, 0, 0, 0, 0, 0.9, 0, 0, 0, 0, -0.5, 0, 0, 0, 0, 1];
const LASSO_CORNERS = 400;
const BRUSH_PLACES = 300;
const BRUSH_RADIUS = 24;
const FRAME_MS = 1000 / 30;
const MOVES = 100;

/** The wavy outline of a hand. */
function lasso(): Shape {
  const corners = Array.from({ length: LASSO_CORNERS }, (_, i): Place => {
    const turn = (2 * Math.PI * i) / LASSO_CORNERS;
    const radius = 260 + 30 * Math.sin(7 * turn);
    return [WIDTH / 2 + radius * Math.cos(turn), HEIGHT / 2 + radius * Math.sin(turn)];
  });
  return { kind: 'outline', corners };
}

function stroke(places: number): Shape {
  const way = Array.from({ length: places }, (_, i): Place => {
    const t = i / BRUSH_PLACES;
    return [WIDTH / 2 - 300 + 600 * t, HEIGHT / 2 + 120 * Math.sin(9 * t)];
  });
  return { kind: 'stroke', places: way, radius: BRUSH_RADIUS };
}

/** From the release to what the viewer is handed: points under the shape, selection, marks. */
function release(cloud: PointCloud, set: LabelSet, shape: Shape, visibleOnly: boolean): number {
  const viewer = {
    screenView: () => ({ toClip: TO_CLIP, width: WIDTH, height: HEIGHT }),
    pointExtent: () => ({ pixels: 2, length: 0.002 }),
  };
  const options = { visibleOnly, classOf: set.classOf, hidden: new Set<number>() };
  const caught = catchShape(viewer, cloud, shape, options);
  const selection = caught === null ? null : selectionOf(cloud.id, combine(null, caught, 'replace'));
  marksOf(set.classOf, selection?.points ?? null, options.hidden);
  return selection?.count ?? 0;
}

/** What is drawn anew with every move: the outline of the whole stroke. */
function moves(): number {
  for (let move = 0; move < MOVES; move++) shapePath(stroke(BRUSH_PLACES));
  return 0;
}

function timed(work: () => number, runs: number): { readonly ms: number; readonly caught: number } {
  const times: number[] = [];
  let caught = 0;
  for (let run = 0; run <= runs; run++) {
    const [cpu, wall] = [mainThreadMs(), performance.now()];
    caught = work();
    const now = mainThreadMs();
    // The first one compiles.
    if (run > 0) times.push(cpu === null || now === null ? performance.now() - wall : now - cpu);
  }
  return { ms: round(median(times)), caught };
}

export function benchLabel(points: number, runs: number): LabelResult[] {
  const cloud: PointCloud = {
    id: 'bench',
    name: 'wavy sphere',
    positions: wavySphere(points),
    origin: [0, 0, 0],
    normals: null,
    colours: null,
    faces: null,
    attributes: {},
  };
  const set = emptyLabels(points);
  const result = (part: string, goal: number, work: () => number): LabelResult => {
    return { what: 'label', part, points, goal: round(goal), ...timed(work, runs) };
  };
  return [
    result('lasso, what is seen', 100, () => release(cloud, set, lasso(), true)),
    result('lasso, through the part', 100, () => release(cloud, set, lasso(), false)),
    result('brush, released', 100, () => release(cloud, set, stroke(BRUSH_PLACES), true)),
    result(`brush, ${MOVES} moves at the end of a long stroke`, MOVES * FRAME_MS, moves),
  ];
}
