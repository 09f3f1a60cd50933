/** `po3ad evaluate`: a model over the test objects of a dataset, by the protocol of the papers. */

import { InvalidInputError } from '../../core/errors.ts';
import type { Interval } from '../../detect/bootstrap.ts';
import type { Detector, FittedDetector } from '../../detect/detector.ts';
import { meanOverCategories, type ProtocolMetrics } from '../../detect/evaluate.ts';
import type { Metric } from '../../detect/metrics.ts';
import type { CategoryReport } from '../../detect/report.ts';
import { type CloudScorer, measureCategory } from '../../engine/evaluateDataset.ts';
import type { EvaluationCategory } from '../../engine/evaluationProtocol.ts';
import type { ModelSummary } from '../../engine/protocol.ts';
import type { Session } from '../../engine/session.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { chosenCategories } from '../datasets.ts';
import { DETECTOR_HELP, detectorName, fitOn, openDetector } from '../detectors.ts';
import { loadModelFile, openSessionFor } from '../engine.ts';
import { readBytes } from '../files.ts';
import type { Terminal } from '../terminal.ts';

function modelScorer(session: Session, model: ModelSummary): CloudScorer {
  return async (cloud, hooks) => {
    const { map } = await session.analyse({ kind: 'cloud', cloud }, model.hash, hooks);
    return { scores: map.score, objectScore: map.objectScore };
  };
}

/** Fitted to the category's own good scans in `train`. */
async function detectorScorer(
  detector: Detector<FittedDetector>,
  category: EvaluationCategory,
  terminal: Terminal,
): Promise<CloudScorer> {
  if (category.train.length === 0)
    throw new InvalidInputError(category.name, 'has no good scans in train to compare with');
  const fitted = await fitOn(detector, category.train, terminal);
  return async (cloud) => {
    const { score: scores, objectScore } = await detector.score(cloud, fitted);
    return { scores, objectScore };
  };
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

const show = ({ value, reason }: Metric): string =>
  reason === null ? value.toFixed(4) : `undefined (${reason})`;

function line(name: string, metrics: ProtocolMetrics): string {
  return `${name}: ${FIGURES.map(([key, title]) => `${title} ${show(metrics[key])}`).join(', ')}`;
}

/** 95 % of resamples lie between; null where the figure has no interval. */
function bounds({ low, high }: Interval): [number, number] | null {
  return Number.isNaN(low) ? null : [low, high];
}

function reportFigures(report: CategoryReport): Record<string, unknown> {
  const { pro, objectF1, pointF1, intervals } = report;
  return {
    ...figures(report),
    pro: pro.value,
    objectF1: objectF1.f1.value,
    pointF1: pointF1.f1.value,
    objectAurocInterval: bounds(intervals.objectAuroc),
    pointAurocInterval: bounds(intervals.pointAuroc),
  };
}

function print(report: CategoryReport, args: Arguments, terminal: Terminal): void {
  const { category, objects, anomalousObjects, anomalousPoints, points, warnings } = report;
  if (args.flag('objects'))
    for (const { name, anomalous, points: own, objectScore } of report.rows)
      terminal.result({ category, object: name, anomalous, points: own, objectScore }, () =>
        [`  ${name}`, anomalous ? 'anomalous' : 'good', objectScore.toPrecision(5)].join('\t'),
      );
  if (args.flag('by-type'))
    for (const { defectType, anomalousObjects: of, ...type } of report.byType)
      terminal.result({ category, defectType, objects: of, ...figures(type) }, () =>
        line(`  ${defectType} (${of} against the good ones)`, type),
      );
  for (const warning of warnings) terminal.note(`${category}: ${warning}`);
  terminal.result(
    { category, objects, anomalousObjects, points, anomalousPoints, ...reportFigures(report), warnings },
    () =>
      [
        line(`${category} (${objects} objects, ${anomalousObjects} anomalous)`, report),
        `  PRO ${show(report.pro)}, best F1 of objects ${show(report.objectF1.f1)}, of points ${show(report.pointF1.f1)}`,
      ].join('\n'),
  );
}

export const evaluate: Command = {
  name: 'evaluate',
  summary: 'Measures a model or a detector on a dataset by the published protocol.',
  synopsis: 'DIR --model M | --detector NAME [--category C] [--objects] [--by-type] [--json]',
  help: [
    '--model M     model file',
    'With --detector instead, fitted to the good scans in each category’s train:',
    ...DETECTOR_HELP,
    '--category C  only this one; otherwise all, and their unweighted mean',
    '--objects     also one line for each test object',
    '--by-type     also the figures of each kind of defect against the good objects',
    '',
    'DIR holds CATEGORY/{train,test,GT} (Anomaly-ShapeNet, also below pcd/) or CATEGORY/{train,test,gt}',
    '(Real3D-AD), or is one CATEGORY. Objects called *_positive*, *_good* or *_template* are good. An',
    'anomalous object’s points and labels are read from its ground-truth text, or from its own property',
    '"label". P-AUROC is one figure over all points of all objects of a category. A folder of scans with',
    'label files beside them (part.ply and part.txt, part.pcd and part_labels.npy) is one category too.',
    '',
    'JSON lines: category, objects, anomalousObjects, points, anomalousPoints, objectAuroc, pointAuroc,',
    'objectAupr, pointAupr (null with undefinedBecause where not defined), pro (to a false positive rate of',
    '0.3), objectF1, pointF1 (best), two 95 % bootstrap intervals, warnings; with several categories at the',
    'end mean, categories and the four figures. An object that cannot be read ends the evaluation: a figure',
    'over fewer objects would not be comparable.',
  ],
  options: {
    model: { type: 'string' },
    detector: { type: 'string' },
    category: { type: 'string' },
    objects: { type: 'boolean' },
    'by-type': { type: 'boolean' },
  },
  async run(args, terminal) {
    const categories = await chosenCategories(args);
    if (detectorName(args) !== undefined) {
      const { detector, dispose } = await openDetector(args, terminal);
      const scorerOf = (category: EvaluationCategory) => detectorScorer(detector, category, terminal);
      return await evaluateAll(categories, scorerOf, args, terminal).finally(dispose);
    }
    const modelFile = args.required('model');
    const session = await openSessionFor(args.backend(), terminal);
    try {
      const scorer = modelScorer(session, await loadModelFile(session, modelFile));
      return await evaluateAll(categories, async () => scorer, args, terminal);
    } finally {
      session.dispose();
    }
  },
};

async function evaluateAll(
  categories: readonly EvaluationCategory[],
  scorerOf: (category: EvaluationCategory) => Promise<CloudScorer>,
  args: Arguments,
  terminal: Terminal,
): Promise<number> {
  const reports: CategoryReport[] = [];
  for (const category of categories) {
    const scorer = await scorerOf(category);
    const report = await measureCategory(category, readBytes, scorer, 'stop', {
      signal: terminal.signal,
      onProgress: (progress) => terminal.progress(category.name, progress),
    });
    print(report, args, terminal);
    reports.push(report);
  }
  if (args.text('category') === undefined && reports.length > 1) {
    const mean = meanOverCategories(reports);
    terminal.result({ mean: true, categories: reports.length, ...figures(mean) }, () =>
      line(`mean of ${reports.length} categories`, mean),
    );
  }
  return EXIT.ok;
}
