/** What can be measured among files: the categories of a public benchmark, else all labelled scans as one. */

import { recogniseDataset, type TestItem } from './dataset.ts';
import { type LabelledItem, labelledItems } from './labelledFolder.ts';

interface CategoryOfFiles {
  readonly name: string;
  /** Good scans to fit or train on. */
  readonly train: readonly string[];
  readonly test: readonly (
    | ({ readonly kind: 'benchmark' } & TestItem)
    | ({ readonly kind: 'labelled' } & LabelledItem)
  )[];
}

/**
 * @param paths relative to the folder the user chose, its own name in front, with either slash
 * @returns empty when there is nothing to measure
 */
export function evaluationCategories(paths: readonly string[]): CategoryOfFiles[] {
  const dataset = recogniseDataset(paths);
  if (dataset !== null)
    return dataset.categories.map(({ name, train, test }) => ({
      name,
      train,
      test: test.map((item) => ({ kind: 'benchmark' as const, ...item })),
    }));
  const test = labelledItems(paths).map((item) => ({ kind: 'labelled' as const, ...item }));
  const name = (paths[0] ?? '').split(/[/\\]/)[0] ?? '';
  return test.length === 0 ? [] : [{ name, train: [], test }];
}
