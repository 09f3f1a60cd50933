/** What a user can do to the labels of a scan, as data: done, undone, done again, and kept in a journal. */

import {
  applyEdit,
  applyRejection,
  invertEdit,
  type LabelClass,
  type LabelEdit,
  type LabelSet,
} from './labelSet.ts';
import type { Pin } from './pins.ts';

export type LabelOperation =
  | { readonly kind: 'edit'; readonly edit: LabelEdit }
  /** Suggested regions that are no defects, or are suggested again: 1 and 0 in place of classes. */
  | { readonly kind: 'reject'; readonly edit: LabelEdit }
  | {
      readonly kind: 'classes';
      readonly before: readonly LabelClass[];
      readonly after: readonly LabelClass[];
    }
  | { readonly kind: 'pins'; readonly before: readonly Pin[]; readonly after: readonly Pin[] };

/** @returns a new set; the old one stays as it is */
export function applyOperation(set: LabelSet, operation: LabelOperation): LabelSet {
  switch (operation.kind) {
    case 'edit':
      return applyEdit(set, operation.edit);
    case 'reject':
      return applyRejection(set, operation.edit);
    case 'classes':
      return { ...set, classes: operation.after, revision: set.revision + 1 };
    case 'pins':
      return { ...set, pins: operation.after, revision: set.revision + 1 };
    default:
      return operation satisfies never;
  }
}

/** What undoes an operation. */
export function invertOperation(operation: LabelOperation): LabelOperation {
  switch (operation.kind) {
    case 'edit':
    case 'reject':
      return { kind: operation.kind, edit: invertEdit(operation.edit) };
    case 'classes':
      return { kind: 'classes', before: operation.after, after: operation.before };
    case 'pins':
      return { kind: 'pins', before: operation.after, after: operation.before };
    default:
      return operation satisfies never;
  }
}
