/** Dataset folders as the command line takes them. */

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { InvalidInputError } from '../core/errors.ts';
import { withPaths } from '../engine/evaluateDataset.ts';
import type { EvaluationCategory } from '../engine/evaluationProtocol.ts';
import { evaluationCategories } from '../io/evaluationCategories.ts';
import { type Arguments, UsageError } from './command.ts';
import { whyUnreadable } from './whyUnreadable.ts';

/**
 * The categories of a dataset's folder, or of the folder of a single category, or a folder of scans with label
 * files beside them; paths that can be opened.
 */
async function openDataset(folder: string): Promise<readonly EvaluationCategory[]> {
  const root = resolve(folder);
  const below = await readdir(root, { recursive: true }).catch((error: unknown) => {
    throw new InvalidInputError(folder, whyUnreadable(error));
  });
  // With the folder's own name in front, a single category is recognised like a whole dataset.
  const categories = evaluationCategories(below.map((path) => join(basename(root), path)));
  if (categories.length === 0)
    throw new InvalidInputError(
      folder,
      'no dataset: expected CATEGORY/test, with ground truth in GT or gt, or scans with label files beside them',
    );
  const parent = dirname(root);
  const full = (path: string) => join(parent, path.replaceAll('\\', sep));
  return categories.map((category) => withPaths(category, full));
}

/**
 * The categories of the folder that was named, or the one asked for with `--category`.
 * @throws UsageError for a category that is not there
 */
export async function chosenCategories(args: Arguments): Promise<readonly EvaluationCategory[]> {
  const wanted = args.text('category');
  const all = await openDataset(args.onlyFile('a dataset folder'));
  const categories = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
  if (categories.length === 0)
    throw new UsageError(`no category "${wanted}"; there are: ${all.map(({ name }) => name).join(', ')}`);
  return categories;
}
