/**
 * Scores the test objects of categories and measures them by the protocol of METHOD.md. The page's worker and
 * the command line call this with their own way to read a file and their own scorer, so that both give the
 * same digits.
 */

import { contentHash } from '../core/contentHash.ts';
import { type ErrorValue, InvalidInputError, throwIfCancelled, toErrorValue } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { type CategoryReport, type ReportedScan, reportCategory } from '../detect/report.ts';
import { parseGroundTruth } from '../io/dataset.ts';
import { labelsFor, readLabels } from '../io/readLabels.ts';
import { readScan } from '../io/readScan.ts';
import type { EvaluationCategory, EvaluationItem } from './evaluationProtocol.ts';
import type { CallHooks } from './protocol.ts';

/** The same category with every path replaced. */
export function withPaths(category: EvaluationCategory, full: (path: string) => string): EvaluationCategory {
  const orNull = (path: string | null) => (path === null ? null : full(path));
  return {
    ...category,
    train: category.train.map(full),
    test: category.test.map((item) =>
      item.kind === 'benchmark'
        ? { ...item, path: full(item.path), gtPath: orNull(item.gtPath) }
        : { ...item, path: full(item.path), labelPath: orNull(item.labelPath) },
    ),
  };
}

/** @throws StudioError naming the file */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** Scores one cloud, whatever it does it with. */
export type CloudScorer = (
  cloud: PointCloud,
  hooks: CallHooks,
) => Promise<{ readonly scores: Float32Array; readonly objectScore: number }>;

/** A test object with its scores, truth and coordinates. */
interface ScoredObject extends ReportedScan {
  /** Of the coordinates: the same scan is known again under another name and in another format. */
  readonly hash: string;
}

/** What was made of the test objects of a category. */
interface VisitedCategory<Visited> {
  readonly objects: readonly Visited[];
  /** Objects that could not be read or scored; the figures are over the others. */
  readonly failures: readonly ErrorValue[];
}

/** A test object as it was read. */
export interface Truth {
  readonly cloud: PointCloud;
  /** null = every point is good. */
  readonly labels: Uint8Array | null;
  readonly anomalous: boolean;
  readonly defectType: string | null;
}

function coordinateHash({ positions }: PointCloud): string {
  return contentHash(new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength));
}

/**
 * Coordinates and labels of a benchmark's anomalous object come from the same ground-truth text; where there
 * is none, and for a scan of the user's own, from its property `label`.
 */
async function readTruth(item: EvaluationItem, read: ReadFile): Promise<Truth> {
  if (item.kind === 'benchmark' && item.gtPath !== null)
    return {
      ...parseGroundTruth(item.gtPath, await read(item.gtPath)),
      anomalous: true,
      defectType: item.defectType,
    };
  const bytes = await read(item.path);
  const { cloud } = readScan(item.path, bytes);
  if (item.kind === 'benchmark' && item.good)
    return { cloud, labels: null, anomalous: false, defectType: null };
  const labels = await readOwnLabels(item, cloud, read);
  if (item.kind === 'benchmark') return { cloud, labels, anomalous: true, defectType: item.defectType };
  const anomalous = labels.some((label) => label > 0);
  return { cloud, labels, anomalous, defectType: anomalous ? 'defect' : null };
}

async function readOwnLabels(item: EvaluationItem, cloud: PointCloud, read: ReadFile): Promise<Uint8Array> {
  if (item.kind === 'labelled' && item.labelPath !== null)
    return labelsFor(cloud, readLabels(item.labelPath, await read(item.labelPath)));
  const { label } = cloud.attributes;
  if (label === undefined)
    throw new InvalidInputError(
      item.path,
      item.kind === 'benchmark'
        ? 'anomalous, but there is no ground-truth text and no property "label"'
        : 'has no label file and no property "label"',
    );
  return Uint8Array.from(label, (value) => (value > 0 ? 1 : 0));
}

/**
 * Reads the test objects of a category one after the other and scores each.
 * @param visit what is kept of an object
 * @param onFailure `stop`: the first object that fails ends the evaluation, for a figure over fewer objects is
 * not comparable with a published one; `leave-out`: it is listed, and the rest goes on
 * @throws CancelledError; with `stop` also FormatError, InvalidInputError
 */
export async function visitObjects<Visited>(
  { name, test }: EvaluationCategory,
  read: ReadFile,
  visit: (item: EvaluationItem, truth: Truth, hooks: CallHooks) => Promise<Visited>,
  onFailure: 'stop' | 'leave-out',
  hooks: CallHooks = {},
): Promise<VisitedCategory<Visited>> {
  const objects: Visited[] = [];
  const failures: ErrorValue[] = [];
  for (const [at, item] of test.entries()) {
    throwIfCancelled(hooks.signal, name);
    const stage = `${name} ${at + 1}/${test.length}`;
    hooks.onProgress?.({ stage, fraction: at / test.length });
    try {
      const own: CallHooks = {
        ...hooks,
        onProgress: ({ fraction }) => hooks.onProgress?.({ stage, fraction: (at + fraction) / test.length }),
      };
      objects.push(await visit(item, await readTruth(item, read), own));
    } catch (error) {
      throwIfCancelled(hooks.signal, name);
      if (onFailure === 'stop') throw error;
      const value = toErrorValue(error);
      failures.push({ ...value, where: value.where === '' ? item.path : value.where });
    }
  }
  return { objects, failures };
}

/** Test objects whose very coordinates are among the good scans that were fitted or trained on. */
async function findLeaks(
  { train }: EvaluationCategory,
  objects: readonly ScoredObject[],
  read: ReadFile,
): Promise<string[]> {
  const known = new Set<string>();
  for (const path of train) known.add(coordinateHash(readScan(path, await read(path)).cloud));
  return objects.filter(({ hash }) => known.has(hash)).map(({ name }) => name);
}

/**
 * Scores and measures one category.
 * @param onFailure see `visitObjects`
 */
export async function measureCategory(
  category: EvaluationCategory,
  read: ReadFile,
  score: CloudScorer,
  onFailure: 'stop' | 'leave-out',
  hooks: CallHooks = {},
): Promise<CategoryReport> {
  const visit = async (item: EvaluationItem, truth: Truth, own: CallHooks): Promise<ScoredObject> => {
    const { cloud, labels, anomalous, defectType } = truth;
    const { name, path } = item;
    const { scores, objectScore } = await score(cloud, own);
    const { positions } = cloud;
    const hash = coordinateHash(cloud);
    return { name, path, anomalous, defectType, objectScore, scores, labels, positions, hash };
  };
  const { objects, failures } = await visitObjects(category, read, visit, onFailure, hooks);
  hooks.onProgress?.({ stage: `${category.name}: figures`, fraction: 1 });
  const leaks = await findLeaks(category, objects, read);
  return reportCategory(category.name, objects, { failures, leaks });
}
