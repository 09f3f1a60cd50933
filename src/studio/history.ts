/**
 * Undo and redo of edits that are data. A history knows nothing of what the edits mean: it only remembers
 * their order. Values are immutable; what is undone is kept until a new edit takes its place.
 */

export interface History<Edit> {
  /** Oldest first. */
  readonly done: readonly Edit[];
  /** The last one undone is the last. */
  readonly undone: readonly Edit[];
}

export function emptyHistory<Edit>(): History<Edit> {
  return { done: [], undone: [] };
}

export function record<Edit>({ done }: History<Edit>, edit: Edit): History<Edit> {
  return { done: [...done, edit], undone: [] };
}

/** @returns the edit to take back and the history without it; null when there is none */
export function stepBack<Edit>({
  done,
  undone,
}: History<Edit>): { edit: Edit; history: History<Edit> } | null {
  const edit = done.at(-1);
  if (edit === undefined) return null;
  return { edit, history: { done: done.slice(0, -1), undone: [...undone, edit] } };
}

/** @returns the edit to do again and the history with it; null when there is none */
export function stepForward<Edit>({
  done,
  undone,
}: History<Edit>): { edit: Edit; history: History<Edit> } | null {
  const edit = undone.at(-1);
  if (edit === undefined) return null;
  return { edit, history: { done: [...done, edit], undone: undone.slice(0, -1) } };
}
