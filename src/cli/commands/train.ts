/** `po3ad train`: good scans in, a calibrated model file out. */

import { basename, extname } from 'node:path';
import { InvalidInputError } from '../../core/errors.ts';
import { ARCHITECTURES, type Architecture, architecture } from '../../core/modelConfig.ts';
import { type TrainingConfig, type TrainingOverrides, trainingConfig } from '../../core/presets.ts';
import type { PointCloud } from '../../core/types.ts';
import { trainModel } from '../../engine/trainModel.ts';
import { checkArchitecture } from '../../io/modelFile.ts';
import { type CheckpointFile, checkpointFile } from '../checkpointFile.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { openSessionFor } from '../engine.ts';
import { readBytes, readScanFile, scanFiles, writeOutput } from '../files.ts';
import type { Terminal } from '../terminal.ts';

async function readJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(file));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(file, error instanceof Error ? error.message : String(error));
  }
}

async function architectureOf(name: string | undefined): Promise<Architecture | null> {
  if (name === undefined) return null;
  if (extname(name) !== '.json') return architecture(name);
  return checkArchitecture(name, '', await readJson(name));
}

/** Reports often enough to see a short run move, and rarely enough not to wait for the GPU all the time. */
function reportEvery(steps: number): number {
  return Math.max(1, Math.min(10, Math.floor(steps / 20)));
}

/** The preset, then the file of overrides, then the options of the command line. */
async function trainingOf(args: Arguments): Promise<TrainingConfig> {
  const preset = args.oneOf('preset', ['paper', 'released', 'studio'] as const) ?? 'paper';
  const file = args.text('training');
  // The merged config is checked field by field in `trainingConfig`.
  const fromFile = file === undefined ? {} : ((await readJson(file)) as TrainingOverrides);
  const given = {
    steps: args.integer('steps', { min: 1 }),
    batchSize: args.integer('batch', { min: 1 }),
    seed: args.integer('seed', { min: 0, max: 0xffffffff }),
    checkpointEvery: args.integer('checkpoint-every', { min: 1 }),
  };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const config = trainingConfig(preset, { ...fromFile, ...options });
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
  const training = await trainingOf(args);
  const arch = await architectureOf(args.text('arch'));
  const init = initFile === undefined ? null : { name: initFile, bytes: await readBytes(initFile) };
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
        onStart: (done) => {
          if (done > 0)
            terminal.note(`Going on after step ${done} (${checkpoint.name}; --fresh starts anew)`);
        },
        onStep: ({ step, loss, dist, dir, lr }) =>
          terminal.result({ step, loss, dist, dir, lr }, () => {
            const parts = [`loss ${loss.toFixed(5)}`, `dist ${dist.toFixed(5)}`, `dir ${dir.toFixed(4)}`];
            return `step ${step}/${training.steps}: ${parts.join(', ')}, lr ${lr.toExponential(2)}`;
          }),
        onProgress: (progress) => terminal.progress(out, progress),
      },
    });
    await writeOutput(out, bytes);
    await checkpoint.remove();
    const { hash, parameters, calibration } = summary;
    terminal.result({ out, hash, parameters, steps: training.steps, calibration }, () =>
      [`${out}: ${parameters} parameters, ${training.steps} steps`, `  thresholds: ${calibration?.how}`].join(
        '\n',
      ),
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
    '--preset P           paper (default), released or studio',
    '--steps N            optimiser steps; the schedule is stretched over them',
    '--batch B            scans per step',
    '--seed S             same seed, scans and device: same weights',
    `--arch A             ${Object.keys(ARCHITECTURES).join(', ')},`,
    '                     or a JSON file; MinkUNet34C when nothing is said',
    '--voxel-size V       voxel edge in model units, 0.03',
    '--init M             fine-tunes this model',
    '--training F.json    further settings of the preset to change (ablations)',
    '--calibrate FILE|DIR good scans for the thresholds; those trained on when there are none',
    '--threshold R        point threshold: p99.9 (default) or max of the good scores',
    '--checkpoint-every K steps between checkpoints',
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
  },
  run: (args, terminal) => runTrain(args, terminal, checkpointFile(`${args.required('out')}.checkpoint`)),
};
