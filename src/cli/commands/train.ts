/** `po3ad train`: good scans in, a calibrated model file out. */

import { basename, extname } from 'node:path';
import { ARCHITECTURES, type PresetName } from '../../core/modelConfig.ts';
import { type TrainingConfig, type TrainingOverrides, trainingConfig } from '../../core/presets.ts';
import type { PointCloud } from '../../core/types.ts';
import { trainModel } from '../../engine/trainModel.ts';
import { readModelFile } from '../../io/modelFile.ts';
import { type CheckpointFile, checkpointFile } from '../checkpointFile.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { openSessionFor } from '../engine.ts';
import { readBytes, readScanFile, scanFiles, writeOutput } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { architectureOf, readJson, reportEvery, stepReports, trainingOptions } from '../trainingOptions.ts';
import { trainUniversal } from '../universal.ts';

/**
 * The preset, then the file of overrides, then the options of the command line.
 * @param usual preset when none is named
 */
async function trainingOf(args: Arguments, usual: PresetName): Promise<TrainingConfig> {
  const preset = args.oneOf('preset', ['paper', 'released', 'studio'] as const) ?? usual;
  const file = args.text('training');
  // The merged config is checked field by field in `trainingConfig`.
  const fromFile = file === undefined ? {} : ((await readJson(file)) as TrainingOverrides);
  const config = trainingConfig(preset, { ...fromFile, ...trainingOptions(args) });
  return fromFile.logEvery === undefined ? { ...config, logEvery: reportEvery(config.steps) } : config;
}

async function readClouds(paths: readonly string[], terminal: Terminal): Promise<PointCloud[]> {
  const clouds: PointCloud[] = [];
  for (const file of await scanFiles(paths)) {
    terminal.throwIfCancelled();
    const { cloud, report } = await readScanFile(file, terminal);
    for (const warning of report.warnings) terminal.note(`${file}: ${warning}`);
    clouds.push({ ...cloud, name: basename(file) });
  }
  return clouds;
}

async function runTrain(args: Arguments, terminal: Terminal, checkpoint: CheckpointFile): Promise<number> {
  const out = args.required('out');
  const calibrate = args.text('calibrate');
  const initFile = args.text('init');
  const arch = await architectureOf(args.text('arch'));
  const init = initFile === undefined ? null : { name: initFile, bytes: await readBytes(initFile) };
  const compares = init !== null && readModelFile(init.name, init.bytes).config.inputs === 'reference';
  const training = await trainingOf(args, compares ? 'studio' : 'paper');
  const scans = await readClouds(args.files('a good scan, or a folder of them,'), terminal);
  const calibrationScans = calibrate === undefined ? [] : await readClouds([calibrate], terminal);
  if (args.flag('fresh')) await checkpoint.remove();
  const session = await openSessionFor(args.backend(), terminal);
  try {
    const { bytes, summary } = await trainModel(session, {
      name: basename(out, extname(out)),
      arch,
      voxelSize: args.number('voxel-size', { min: 0.001, max: 1 }) ?? null,
      training,
      scans,
      calibrationScans,
      thresholdRule: args.oneOf('threshold', ['max', 'p99.9'] as const) ?? 'p99.9',
      init,
      checkpoint,
      hooks: {
        signal: terminal.signal,
        ...stepReports(terminal, training.steps, checkpoint.name),
        onProgress: (progress) => terminal.progress(out, progress),
        onWarning: (text) => terminal.note(text),
      },
    });
    await writeOutput(out, bytes);
    await checkpoint.remove();
    const { hash, parameters, calibration } = summary;
    terminal.result({ out, hash, parameters, steps: training.steps, calibration }, () =>
      [
        `${out}: ${parameters} parameters, ${training.steps} steps`,
        `  thresholds: ${calibration?.how ?? 'taken from the good scans where it is used (--detector universal)'}`,
      ].join('\n'),
    );
    return EXIT.ok;
  } finally {
    session.dispose();
  }
}

export const train: Command = {
  name: 'train',
  summary: 'Trains a model on good scans.',
  synopsis: 'FILE|DIR... --out M.safetensors [options] [--json]',
  help: [
    '--out M              model file to write; M.checkpoint beside it while it trains',
    '--preset P           paper (default), released or studio (default for the universal model)',
    '--steps N            optimiser steps; the schedule is stretched over them',
    '--batch B            scans per step',
    '--seed S             same seed, scans and device: same weights',
    `--arch A             ${Object.keys(ARCHITECTURES).join(', ')},`,
    '                     or a JSON file; MinkUNet34C when nothing is said',
    '--voxel-size V       voxel edge in model units, 0.03',
    '--init M             fine-tunes this model; one that compares with good scans (the universal model)',
    '                     learns what the good scans given here differ by, and judges with them:',
    '                     inspect --detector universal --model',
    '--training F.json    further settings of the preset to change (ablations)',
    '--calibrate FILE|DIR good scans for the thresholds; those trained on when there are none',
    '--threshold R        point threshold: p99.9 (default) or max of the good scores',
    '--checkpoint-every K steps between checkpoints',
    '--universal F.json   instead of good scans: trains the universal model, which takes a scan and the',
    '                     good scans it is compared with, on generated shapes after this recipe',
    '                     (docs/models/universal.json); --steps, --batch, --seed change it',
    '--fresh              ignores a checkpoint of an earlier, unfinished run',
    '',
    'A run that was stopped or killed goes on from its checkpoint with the same command and ends with the',
    'same weights. A folder gives the scan files in it, or in its subfolder train.',
    'JSON lines: step, loss, dist, dir, lr; at the end out, hash, parameters, steps, calibration.',
  ],
  options: {
    out: { type: 'string' },
    preset: { type: 'string' },
    steps: { type: 'string' },
    batch: { type: 'string' },
    seed: { type: 'string' },
    arch: { type: 'string' },
    'voxel-size': { type: 'string' },
    init: { type: 'string' },
    training: { type: 'string' },
    calibrate: { type: 'string' },
    threshold: { type: 'string' },
    'checkpoint-every': { type: 'string' },
    fresh: { type: 'boolean' },
    universal: { type: 'string' },
  },
  run: (args, terminal) => {
    const checkpoint = checkpointFile(`${args.required('out')}.checkpoint`);
    const recipe = args.text('universal');
    return recipe === undefined
      ? runTrain(args, terminal, checkpoint)
      : trainUniversal(recipe, args, terminal, checkpoint);
  },
};
