/** `po3ad ablate`: what each part of the method is worth on a dataset, in one table. */

import { TRAINING_VARIANTS, variantTraining } from '../../core/ablation.ts';
import { InvalidInputError } from '../../core/errors.ts';
import { type TrainingConfig, type TrainingOverrides, trainingConfig } from '../../core/presets.ts';
import type { PointCloud } from '../../core/types.ts';
import { type AblationRow, ablationMeans } from '../../detect/ablation.ts';
import type { ProtocolMetrics } from '../../detect/evaluate.ts';
import { ablateDataset } from '../../engine/ablateDataset.ts';
import type { EvaluationCategory } from '../../engine/evaluationProtocol.ts';
import type { Session } from '../../engine/session.ts';
import { trainModel } from '../../engine/trainModel.ts';
import { type Arguments, type Command, EXIT, UsageError } from '../command.ts';
import { chosenCategories } from '../datasets.ts';
import { loadModelFile, openSessionFor } from '../engine.ts';
import { readBytes, readScanFile } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { architectureOf, readJson, trainingOptions } from '../trainingOptions.ts';

const FIGURES = ['objectAuroc', 'pointAuroc', 'objectAupr', 'pointAupr'] as const;

/** Null where a figure is not defined. */
function values(metrics: ProtocolMetrics): Record<string, number | null> {
  return Object.fromEntries(
    FIGURES.map((key) => [key, metrics[key].reason === null ? metrics[key].value : null]),
  );
}

function line(where: string, row: Pick<AblationRow, 'training' | 'norm' | 'rule'> & ProtocolMetrics): string {
  const way = [row.training, row.norm.toUpperCase(), row.rule].filter((text) => text !== '');
  const figures = FIGURES.map((key) => (row[key].reason === null ? row[key].value.toFixed(4) : '–'));
  return [where, ...way, ...figures].join('\t');
}

/** Measures one model on one category, in every way to score it. */
async function measured(
  session: Session,
  category: EvaluationCategory,
  hash: string,
  training: string,
  terminal: Terminal,
): Promise<readonly AblationRow[]> {
  const predict = async (cloud: PointCloud) =>
    (await session.analyse({ kind: 'cloud', cloud }, hash, { signal: terminal.signal })).map.offsets;
  const { rows } = await ablateDataset(category, readBytes, predict, 'stop', training, {
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(category.name, progress),
  });
  for (const row of rows) {
    const { norm, rule, objects, points } = row;
    const way = training === '' ? { norm, rule } : { training, norm, rule };
    terminal.result({ category: category.name, ...way, objects, points, ...values(row) }, () =>
      line(category.name, row),
    );
  }
  return rows;
}

/** What every variant is trained with. */
async function budget(args: Arguments): Promise<TrainingConfig> {
  const preset = args.oneOf('preset', ['paper', 'released', 'studio'] as const) ?? 'studio';
  const file = args.text('training');
  // The merged config is checked field by field in `trainingConfig`.
  const fromFile = file === undefined ? {} : ((await readJson(file)) as TrainingOverrides);
  return trainingConfig(preset, { ...fromFile, ...trainingOptions(args), checkpointEvery: null });
}

/** Trains every variant on the category's good scans and measures it; the models are not kept. */
async function retrained(
  session: Session,
  category: EvaluationCategory,
  args: Arguments,
  terminal: Terminal,
): Promise<AblationRow[]> {
  if (category.train.length === 0)
    throw new InvalidInputError(category.name, 'has no good scans in train to learn from');
  const base = await budget(args);
  const arch = await architectureOf(args.text('arch') ?? 'demo');
  const scans: PointCloud[] = [];
  for (const path of category.train) scans.push((await readScanFile(path, terminal)).cloud);
  const rows: AblationRow[] = [];
  for (const variant of TRAINING_VARIANTS) {
    const training = variantTraining(base, variant);
    const { bytes, summary } = await trainModel(session, {
      name: variant.title,
      arch,
      voxelSize: args.number('voxel-size', { min: 0.001, max: 1 }) ?? null,
      training,
      scans,
      calibrationScans: [],
      thresholdRule: 'p99.9',
      init: null,
      checkpoint: null,
      hooks: {
        signal: terminal.signal,
        onStep: ({ step }) =>
          terminal.progress(category.name, { stage: variant.title, fraction: step / training.steps }),
      },
    });
    await session.loadModel(variant.title, bytes.buffer);
    try {
      rows.push(...(await measured(session, category, summary.hash, variant.title, terminal)));
    } finally {
      session.unloadModel(summary.hash);
    }
  }
  return rows;
}

export const ablate: Command = {
  name: 'ablate',
  summary: 'Compares the parts of the method on a dataset: norms, object scores, losses, directions.',
  synopsis: 'DIR --model M | --retrain [options] [--category C] [--json]',
  help: [
    '--model M       measures this model by either norm of the offset (L2, L1) and by each way to make one',
    '                number of a scan: mean over its points, mean of the highest 1 %, 99th percentile',
    '--retrain       trains four small models on each category’s own good scans, with the same seed and steps:',
    ...TRAINING_VARIANTS.map(({ title }) => `                  ${title}`),
    '                with Norm-AS pseudo-defects, and measures each in the same ways; nothing is kept',
    '--category C    only this one; otherwise all, and their unweighted means',
    'With --retrain:',
    '--preset P, --steps N, --batch B, --seed S, --arch A (demo), --voxel-size V, --training F.json as in train;',
    '                the preset is studio unless said otherwise',
    '',
    'DIR is a dataset as for evaluate. JSON lines: category, training (with --retrain), norm, rule, objects,',
    'points, objectAuroc, pointAuroc, objectAupr, pointAupr (null where not defined); with several categories',
    'at the end the same with mean and categories.',
  ],
  options: {
    model: { type: 'string' },
    retrain: { type: 'boolean' },
    category: { type: 'string' },
    preset: { type: 'string' },
    steps: { type: 'string' },
    batch: { type: 'string' },
    seed: { type: 'string' },
    arch: { type: 'string' },
    'voxel-size': { type: 'string' },
    'checkpoint-every': { type: 'string' },
    training: { type: 'string' },
  },
  async run(args, terminal) {
    const categories = await chosenCategories(args);
    const model = args.text('model');
    if (args.flag('retrain') === (model !== undefined))
      throw new UsageError('give either --model M or --retrain');
    const session = await openSessionFor(args.backend(), terminal);
    try {
      const hash = model === undefined ? null : (await loadModelFile(session, model)).hash;
      const rows: AblationRow[] = [];
      for (const category of categories)
        rows.push(
          ...(hash === null
            ? await retrained(session, category, args, terminal)
            : await measured(session, category, hash, '', terminal)),
        );
      if (categories.length > 1)
        for (const mean of ablationMeans(rows)) {
          const { training, norm, rule, categories: of } = mean;
          const way = training === '' ? { norm, rule } : { training, norm, rule };
          terminal.result({ mean: true, categories: of, ...way, ...values(mean) }, () =>
            line(`mean of ${of}`, mean),
          );
        }
      return EXIT.ok;
    } finally {
      session.dispose();
    }
  },
};
