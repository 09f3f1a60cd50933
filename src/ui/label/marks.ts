/** Labels, selection and hidden classes as marks that the viewer draws. */

import type { LabelSet } from '../../core/labels/labelSet.ts';
import { HIDDEN_MARK, type PointMarks } from '../../viewer/pointLayer.ts';

/** Row of the palette for selected points; class numbers lie below it. */
const SELECTED_MARK = 254;
/** How much of a class's colour lies over the point's own. */
const CLASS_STRENGTH = 220;
const SELECTION: readonly number[] = [255, 214, 10, 235];

export function markPalette(classes: LabelSet['classes']): Uint8Array<ArrayBuffer> {
  const palette = new Uint8Array(4 * 256);
  for (const { number, colour } of classes) {
    if (number === 0 || number >= SELECTED_MARK) continue;
    const rgb = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
    palette.set([...rgb, CLASS_STRENGTH], 4 * number);
  }
  palette.set(SELECTION, 4 * SELECTED_MARK);
  return palette;
}

/** @param selected [N] or null @param hidden class numbers that are not drawn */
export function marksOf(
  classOf: Uint8Array,
  selected: Uint8Array | null,
  hidden: ReadonlySet<number>,
): PointMarks['marks'] {
  const markOf = Uint8Array.from({ length: 256 }, (_, number) =>
    hidden.has(number) ? HIDDEN_MARK : Math.min(number, SELECTED_MARK - 1),
  );
  // A loop over numbers: with a call for each point a million of them take ten times as long.
  const marks = new Uint8Array(classOf.length);
  for (let i = 0; i < marks.length; i++) marks[i] = markOf[classOf[i]!]!;
  if (selected !== null)
    for (let i = 0; i < marks.length; i++)
      if (selected[i] === 1 && marks[i] !== HIDDEN_MARK) marks[i] = SELECTED_MARK;
  return marks;
}
