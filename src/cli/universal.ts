/**
 * `po3ad train --universal RECIPE`: the model that knows no part by heart. It learns from generated shapes
 * what a deviation from a reference looks like. The recipe is a JSON file, see docs/models/universal.json.
 */

import { makeShape, type ShapeSet } from '../../scripts/shapes/shapes.ts';
import { FormatError } from '../core/errors.ts';
import { type Architecture, architecture } from '../core/modelConfig.ts';
import { type TrainingConfig, type TrainingOverrides, trainingConfig } from '../core/presets.ts';
import { type ReferenceSource, trainReferenceModel } from '../engine/trainReferenceModel.ts';
import { readModelFile } from '../io/modelFile.ts';
import type { CheckpointFile } from './checkpointFile.ts';
import { type Arguments, EXIT } from './command.ts';
import { openSessionFor } from './engine.ts';
import { readBytes, writeOutput } from './files.ts';
import type { Terminal } from './terminal.ts';
import { readJson, stepReports, trainingOptions } from './trainingOptions.ts';

interface UniversalRecipe {
  readonly name: string;
  readonly arch: Architecture;
  /** Model units. */
  readonly voxelSize: number;
  readonly stored: 'F32' | 'F16';
  readonly shapes: ShapeSet;
  /** On top of the studio preset. */
  readonly training: TrainingOverrides;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

/**
 * @param file for messages
 * @throws FormatError naming the field that is not what it must be
 * @throws InvalidInputError for an unknown architecture
 */
function checkRecipe(file: string, value: unknown): UniversalRecipe {
  const wrong = (field: string, found: unknown) =>
    new FormatError(file, field, `is ${JSON.stringify(found)}`);
  if (!isRecord(value)) throw wrong('recipe', value);
  const { name, architecture: known, voxelSize, stored, shapes, training } = value;
  if (typeof name !== 'string' || name === '') throw wrong('name', name);
  if (typeof known !== 'string') throw wrong('architecture', known);
  if (typeof voxelSize !== 'number' || !(voxelSize >= 0.001 && voxelSize <= 1))
    throw wrong('voxelSize', voxelSize);
  if (stored !== 'F32' && stored !== 'F16') throw wrong('stored', stored);
  if (!isRecord(shapes)) throw wrong('shapes', shapes);
  const { seed, count, points } = shapes;
  if (!isCount(count)) throw wrong('shapes.count', count);
  if (!isCount(points)) throw wrong('shapes.points', points);
  if (seed !== 0 && !isCount(seed)) throw wrong('shapes.seed', seed);
  if (!isRecord(training)) throw wrong('training', training);
  // `trainingConfig` checks the settings field by field.
  const overrides = training as TrainingOverrides;
  return {
    name,
    arch: architecture(known),
    voxelSize,
    stored,
    shapes: { seed, count, points },
    training: overrides,
  };
}

function makeSources(set: ShapeSet, terminal: Terminal): ReferenceSource[] {
  return Array.from({ length: set.count }, (_, i) => {
    terminal.throwIfCancelled();
    terminal.progress('shapes', { stage: 'Scanning generated shapes', fraction: i / set.count });
    return makeShape(set, i);
  });
}

/** @throws FormatError, InvalidInputError, ModelMismatchError, CancelledError, DeviceLostError */
export async function trainUniversal(
  file: string,
  args: Arguments,
  terminal: Terminal,
  checkpoint: CheckpointFile,
): Promise<number> {
  const recipe = checkRecipe(file, await readJson(file));
  const { name, arch, voxelSize, stored, shapes } = recipe;
  const out = args.required('out');
  const training: TrainingConfig = trainingConfig('studio', { ...recipe.training, ...trainingOptions(args) });
  const initFile = args.text('init');
  const init = initFile === undefined ? null : readModelFile(initFile, await readBytes(initFile));
  if (args.flag('fresh')) await checkpoint.remove();
  const sources = makeSources(shapes, terminal);
  const session = await openSessionFor(args.backend(), terminal);
  try {
    const { bytes, hash } = await trainReferenceModel(session, {
      name,
      arch,
      voxelSize,
      training,
      sources,
      provenance: { parts: `${shapes.count} procedural shapes, seed ${shapes.seed}` },
      init,
      checkpoint,
      dtype: stored,
      hooks: { signal: terminal.signal, ...stepReports(terminal, training.steps, checkpoint.name) },
    });
    await writeOutput(out, bytes);
    await checkpoint.remove();
    const { steps } = training;
    terminal.result({ out, hash, steps, bytes: bytes.length }, () =>
      [`${out}: ${steps} steps,`, `${(bytes.length / 1e6).toFixed(2)} MB, ${shapes.count} shapes`].join(' '),
    );
    return EXIT.ok;
  } finally {
    session.dispose();
  }
}
