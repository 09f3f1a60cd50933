/** Evaluation of the page's files: which scorer is meant, and how a path becomes bytes. */

import { InvalidInputError } from '../core/errors.ts';
import type { Detector, FittedDetector } from '../detect/detector.ts';
import type { CategoryReport } from '../detect/report.ts';
import { readScan } from '../io/readScan.ts';
import { ablateDataset } from './ablateDataset.ts';
import { type CloudScorer, measureCategory, type ReadFile } from './evaluateDataset.ts';
import type { EvaluationCalls, EvaluationScorer } from './evaluationProtocol.ts';
import type { Lane } from './lane.ts';
import type { CallHooks } from './protocol.ts';
import { detectorOf } from './referenceDesk.ts';
import type { Session } from './session.ts';

type Params = EvaluationCalls['evaluate']['params'];

function readerOf(files: Params['files']): ReadFile {
  return async (path) => {
    const file = files.get(path);
    if (file === undefined) throw new InvalidInputError(path, 'is not among the files that were chosen');
    try {
      return new Uint8Array(await file.arrayBuffer());
    } catch (error) {
      // The browser's own words: the file was moved, changed or may not be read.
      throw new InvalidInputError(path, error instanceof Error ? error.message : String(error));
    }
  };
}

/**
 * @param lane held for one object at a time, so that inspections come in between
 * @throws InvalidInputError, CancelledError; objects that fail are part of the report
 */
export async function evaluateFiles(
  { category, files, scorer }: Params,
  session: () => Session,
  lane: Lane,
  hooks: CallHooks,
): Promise<CategoryReport> {
  const read = readerOf(files);
  const good = async () => {
    if (category.train.length === 0)
      throw new InvalidInputError(category.name, 'has no good scans in train to compare with');
    const clouds = [];
    for (const path of category.train) clouds.push(readScan(path, await read(path), hooks).cloud);
    return clouds;
  };
  const score = await scorerOf(scorer, session, lane, good, hooks);
  return measureCategory(category, read, score, 'leave-out', hooks);
}

/**
 * @param open makes a model of the library ready; it is let go at the end
 * @throws InvalidInputError, ModelMismatchError, CancelledError; objects that fail are listed
 */
export async function ablateFiles(
  { category, files, model, training }: EvaluationCalls['ablate']['params'],
  session: () => Session,
  lane: Lane,
  open: (id: string) => Promise<unknown>,
  hooks: CallHooks,
): Promise<EvaluationCalls['ablate']['result']> {
  const held = session().holds(model);
  if (!held) await open(model);
  try {
    const predict: Parameters<typeof ablateDataset>[2] = (cloud, own) =>
      lane.run(async () => (await session().analyse({ kind: 'cloud', cloud }, model, own)).map.offsets);
    return await ablateDataset(category, readerOf(files), predict, 'leave-out', training, hooks);
  } finally {
    if (!held) session().unloadModel(model);
  }
}

async function scorerOf(
  scorer: EvaluationScorer,
  session: () => Session,
  lane: Lane,
  good: () => Promise<Parameters<Detector<FittedDetector>['fit']>[0]>,
  hooks: CallHooks,
): Promise<CloudScorer> {
  if (scorer.kind === 'model')
    return (cloud, own) =>
      lane.run(async () => {
        const { map } = await session().analyse({ kind: 'cloud', cloud }, scorer.hash, own);
        return { scores: map.score, objectScore: map.objectScore };
      });
  const detector = detectorOf(scorer.detector, session());
  const clouds = await good();
  hooks.onProgress?.({ stage: 'Laying good scans on each other', fraction: 0 });
  const fitted = await lane.run(() => detector.fit(clouds));
  return (cloud) =>
    lane.run(async () => {
      const { score: scores, objectScore } = await detector.score(cloud, fitted);
      return { scores, objectScore };
    });
}
