/**
 * Commands for regions that the inspector accepts. Accepted points get the label class "normal": they leave the
 * verdict, are kept and undone like every label, and hold still in fine-tuning as hard negatives.
 */

import { assignClass, GOOD, NORMAL, normalClasses, withNewClass } from '../../core/labels/labelSet.ts';
import { acceptedPoints } from '../judgement.ts';
import { regionsOf } from '../regionState.ts';
import type { Context } from './context.ts';
import type { LabelDesk } from './labelDesk.ts';

export interface AcceptanceCommands {
  /** The region is no defect. @param index in the list of regions */
  acceptRegion(index: number): Promise<void>;
  /** The region counts again. */
  rejectRegion(index: number): Promise<void>;
}

export function createAcceptanceCommands(ctx: Context, desk: LabelDesk): AcceptanceCommands {
  const rowsOf = (index: number) =>
    regionsOf(ctx.state().regions, ctx.state().activeId)?.regions[index]?.rows ?? null;

  /** @param rows of the scan in the viewport */
  const label = (rows: Uint32Array, number: number) => {
    const here = desk.current();
    if (here === null) return;
    const selected = new Uint8Array(here.labels.set.classOf.length);
    for (const row of rows) selected[row] = 1;
    const edit = assignClass(here.labels.set, selected, number);
    if (edit !== null) desk.step(here.cloud.id, here.labels, { kind: 'edit', edit });
  };

  return {
    async acceptRegion(index) {
      const rows = rowsOf(index);
      if (rows === null) return;
      await desk.open();
      desk.changeClasses((classes) =>
        normalClasses(classes).size > 0 ? classes : withNewClass(classes, NORMAL),
      );
      const [number] = normalClasses(desk.current()?.labels.set.classes ?? []);
      if (number !== undefined) label(rows, number);
    },
    async rejectRegion(index) {
      const rows = rowsOf(index);
      const accepted = acceptedPoints(desk.current()?.labels.set);
      // What was labelled as something else inside it stays so.
      if (rows !== null && accepted !== null)
        label(
          rows.filter((row) => accepted[row] === 1),
          GOOD,
        );
    },
  };
}
