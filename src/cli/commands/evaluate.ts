/** `po3ad evaluate`: a model over the test objects of a dataset, by the protocol of the papers. */

import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';
import type { PointCloud } from '../../core/types.ts';
import type { Detector, FittedDetector } from '../../detect/detector.ts';
import {
  type CategoryResult,
  evaluateCategory,
  meanOverCategories,
  type ProtocolMetrics,
  type ScoredScan,
} from '../../detect/evaluate.ts';
import type { Metric } from '../../detect/metrics.ts';
import type { ModelSummary } from '../../engine/protocol.ts';
import type { Session } from '../../engine/session.ts';
import { type DatasetCategory, parseGroundTruth, recogniseDataset, type TestItem } from '../../io/dataset.ts';
import { type Arguments, type Command, EXIT, UsageError } from '../command.ts';
import { detectorOf, fitOn } from '../detectors.ts';
import { loadModelFile, openSessionFor } from '../engine.ts';
import { readBytes, readScanFile, whyUnreadable } from '../files.ts';
import type { Terminal } from '../terminal.ts';

/** The categories of a dataset's folder, or of the folder of a single category; paths that can be opened. */
async function openDataset(folder: string): Promise<readonly DatasetCategory[]> {
  const root = resolve(folder);
  const below = await readdir(root, { recursive: true }).catch((error: unknown) => {
    throw new InvalidInputError(folder, whyUnreadable(error));
  });
  // With the folder's own name in front, a single category is recognised like a whole dataset.
  const parent = dirname(root);
  const dataset = recogniseDataset(below.map((path) => join(basename(root), path)));
  if (dataset === null)
    throw new InvalidInputError(folder, 'no dataset: expected CATEGORY/test, with ground truth in GT or gt');
  const full = (path: string) => join(parent, path.replaceAll('\\', sep));
  return dataset.categories.map((category) => ({
    ...category,
    train: category.train.map(full),
    test: category.test.map((item) => ({
      ...item,
      path: full(item.path),
      gtPath: item.gtPath === null ? null : full(item.gtPath),
    })),
  }));
}

interface Truth {
  readonly cloud: PointCloud;
  readonly labels: Uint8Array | null;
}

/**
 * Coordinates and labels of an anomalous object come from the same ground-truth text; where there is none,
 * from the scan's own property `label` (as in the bundled samples).
 */
async function readItem(item: TestItem, terminal: Terminal): Promise<Truth> {
  if (item.gtPath !== null) return parseGroundTruth(item.gtPath, await readBytes(item.gtPath));
  const { cloud } = await readScanFile(item.path, terminal);
  if (item.good) return { cloud, labels: null };
  const { label } = cloud.attributes;
  if (label === undefined)
    throw new InvalidInputError(
      item.path,
      'anomalous, but there is no ground-truth text and no property "label"',
    );
  return { cloud, labels: Uint8Array.from(label, (value) => (value > 0 ? 1 : 0)) };
}

/** Scores one cloud; `label` names it in the progress line. */
type Scorer = (cloud: PointCloud, label: string) => Promise<Pick<ScoredScan, 'scores' | 'objectScore'>>;

function modelScorer(session: Session, model: ModelSummary, terminal: Terminal): Scorer {
  return async (cloud, label) => {
    const { map } = await session.analyse({ kind: 'cloud', cloud }, model.hash, {
      signal: terminal.signal,
      onProgress: (progress) => terminal.progress(label, progress),
    });
    return { scores: map.score, objectScore: map.objectScore };
  };
}

/** Fitted to the category's own good scans in `train`. */
async function detectorScorer(
  detector: Detector<FittedDetector>,
  category: DatasetCategory,
  terminal: Terminal,
): Promise<Scorer> {
  if (category.train.length === 0)
    throw new InvalidInputError(category.name, 'has no good scans in train to compare with');
  const fitted = await fitOn(detector, category.train, terminal);
  return async (cloud, label) => {
    const { score: scores, objectScore } = detector.score(cloud, fitted);
    terminal.progress(label, { stage: detector.name, fraction: 1 });
    return { scores, objectScore };
  };
}

async function scoreCategory(
  category: DatasetCategory,
  score: Scorer,
  terminal: Terminal,
): Promise<ScoredScan[]> {
  const scored: ScoredScan[] = [];
  for (const item of category.test) {
    terminal.throwIfCancelled();
    const label = `${category.name} ${scored.length + 1}/${category.test.length}`;
    const { cloud, labels } = await readItem(item, terminal);
    scored.push({ name: item.name, anomalous: !item.good, labels, ...(await score(cloud, label)) });
  }
  return scored;
}

const FIGURES = [
  ['objectAuroc', 'O-AUROC'],
  ['pointAuroc', 'P-AUROC'],
  ['objectAupr', 'O-AUPR'],
  ['pointAupr', 'P-AUPR'],
] as const;

/** Numbers, and the reasons of those that are not defined. */
function figures(metrics: ProtocolMetrics): Record<string, unknown> {
  const values = FIGURES.map(([key]) => [key, metrics[key].value] as const);
  const reasons = FIGURES.flatMap(([key]) =>
    metrics[key].reason === null ? [] : [[key, metrics[key].reason]],
  );
  return {
    ...Object.fromEntries(values),
    ...(reasons.length === 0 ? {} : { undefinedBecause: Object.fromEntries(reasons) }),
  };
}

function line(name: string, metrics: ProtocolMetrics): string {
  const show = ({ value, reason }: Metric) => (reason === null ? value.toFixed(4) : `undefined (${reason})`);
  return `${name}: ${FIGURES.map(([key, title]) => `${title} ${show(metrics[key])}`).join(', ')}`;
}

function report(
  result: CategoryResult,
  scans: readonly ScoredScan[],
  objects: boolean,
  terminal: Terminal,
): void {
  const { category, anomalousObjects, anomalousPoints, points } = result;
  if (objects)
    for (const { name, anomalous, objectScore, scores } of scans)
      terminal.result({ category, object: name, anomalous, points: scores.length, objectScore }, () =>
        [`  ${name}`, anomalous ? 'anomalous' : 'good', objectScore.toPrecision(5)].join('\t'),
      );
  terminal.result(
    { category, objects: scans.length, anomalousObjects, points, anomalousPoints, ...figures(result) },
    () => line(`${category} (${scans.length} objects, ${anomalousObjects} anomalous)`, result),
  );
}

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Measures a model or a detector on a dataset by the published protocol.',
  synopsis: 'DIR --model M | --detector NAME [--category C] [--objects] [--json]',
  help: [
    '--model M     model file',
    '--detector NAME  instead of a model: residual, fitted to the good scans in each category’s train',
    '--category C  only this one; otherwise all, and their unweighted mean',
    '--objects     also one line for each test object',
    '',
    'DIR holds CATEGORY/{train,test,GT} (Anomaly-ShapeNet, also below pcd/) or CATEGORY/{train,test,gt}',
    '(Real3D-AD), or is one CATEGORY. Objects called *_positive*, *_good* or *_template* are good. An',
    'anomalous object’s points and labels are read from its ground-truth text, or from its own property',
    '"label". P-AUROC is one figure over all points of all objects of a category.',
    '',
    'JSON lines: category, objects, anomalousObjects, points, anomalousPoints, objectAuroc, pointAuroc,',
    'objectAupr, pointAupr (null with undefinedBecause where not defined); with several categories at the',
    'end mean, categories and the four figures. An object that cannot be read ends the evaluation: a figure',
    'over fewer objects would not be comparable.',
  ],
  options: {
    model: { type: 'string' },
    detector: { type: 'string' },
    category: { type: 'string' },
    objects: { type: 'boolean' },
  },
  async run(args, terminal) {
    const folder = args.onlyFile('a dataset folder');
    const wanted = args.text('category');
    const all = await openDataset(folder);
    const categories = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
    if (categories.length === 0)
      throw new UsageError(`no category "${wanted}"; there are: ${all.map(({ name }) => name).join(', ')}`);
    const detector = detectorOf(args);
    if (detector !== undefined) {
      if (args.text('model') !== undefined) throw new UsageError('--detector goes without --model');
      const scorerOf = (category: DatasetCategory) => detectorScorer(detector, category, terminal);
      return evaluateAll(categories, scorerOf, args, terminal);
    }
    const modelFile = args.required('model');
    const session = await openSessionFor(args.backend(), terminal);
    try {
      const scorer = modelScorer(session, await loadModelFile(session, modelFile), terminal);
      return await evaluateAll(categories, async () => scorer, args, terminal);
    } finally {
      session.dispose();
    }
  },
};

async function evaluateAll(
  categories: readonly DatasetCategory[],
  scorerOf: (category: DatasetCategory) => Promise<Scorer>,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const results: CategoryResult[] = [];
  for (const category of categories) {
    const scans = await scoreCategory(category, await scorerOf(category), terminal);
    const result = evaluateCategory(category.name, scans);
    report(result, scans, args.flag('objects'), terminal);
    results.push(result);
  }
  if (args.text('category') === undefined && results.length > 1) {
    const mean = meanOverCategories(results);
    terminal.result({ mean: true, categories: results.length, ...figures(mean) }, () =>
      line(`mean of ${results.length} categories`, mean),
    );
  }
  return EXIT.ok;
}
