/** Commands for predicted regions as suggestions: accepted into the chosen class, or rejected, with undo. */

import { regionsOf } from '../regionState.ts';
import { nextOpen, type Suggestion, suggestionsOf } from '../suggestions.ts';
import type { Context } from './context.ts';
import type { LabelDesk } from './labelDesk.ts';

export interface SuggestionCommands {
  /** Gives the points of a region the chosen class, and goes on to the next open one. @param at null: the shown one */
  acceptSuggestion(at?: number | null): void;
  /** Remembers that a region is no defect; one that was rejected is suggested again. */
  rejectSuggestion(at?: number | null): void;
  /** One step that can be undone. */
  acceptAllSuggestions(): void;
  /** Walks through those that are open. */
  stepSuggestion(step: 1 | -1): void;
}

function maskOf(rows: Iterable<number>, points: number): Uint8Array {
  const mask = new Uint8Array(points);
  for (const row of rows) mask[row] = 1;
  return mask;
}

export function createSuggestionCommands(ctx: Context, desk: LabelDesk): SuggestionCommands {
  const all = (): readonly Suggestion[] => {
    const { regions, activeId } = ctx.state();
    return suggestionsOf(desk.current()?.labels.set, regionsOf(regions, activeId));
  };
  const show = (shown: number | null) => ctx.update({ regions: { ...ctx.state().regions, shown } });
  const find = (at: number | null | undefined) => {
    const wanted = at ?? ctx.state().regions.shown;
    return wanted === null ? undefined : all()[wanted];
  };
  const points = () => desk.current()?.labels.set.classOf.length ?? 0;

  return {
    acceptSuggestion(at) {
      const chosen = find(at);
      if (chosen === undefined || chosen.status === 'accepted') return;
      desk.label(maskOf(chosen.region.rows, points()), desk.state.activeClass);
      show(nextOpen(all(), chosen.at, 1));
    },
    rejectSuggestion(at) {
      const chosen = find(at);
      const set = desk.current()?.labels.set;
      if (chosen === undefined || set === undefined || chosen.status === 'accepted') return;
      const rejected = set.rejected.slice();
      for (const row of chosen.region.rows) rejected[row] = chosen.status === 'rejected' ? 0 : 1;
      desk.reject(rejected);
      show(chosen.status === 'rejected' ? chosen.at : nextOpen(all(), chosen.at, 1));
    },
    acceptAllSuggestions() {
      const open = all().filter(({ status }) => status === 'open');
      const rows = open.flatMap(({ region }) => [...region.rows]);
      if (rows.length > 0) desk.label(maskOf(rows, points()), desk.state.activeClass);
      show(null);
    },
    stepSuggestion: (step) => show(nextOpen(all(), ctx.state().regions.shown, step)),
  };
}
