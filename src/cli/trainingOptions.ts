/** What the ways to train share on the command line: options that change the settings, and step reports. */

import { extname } from 'node:path';
import { InvalidInputError } from '../core/errors.ts';
import { type Architecture, architecture } from '../core/modelConfig.ts';
import type { TrainingOverrides } from '../core/presets.ts';
import type { TrainHooks } from '../engine/checkpointedRun.ts';
import { checkArchitecture } from '../io/modelFile.ts';
import type { Arguments } from './command.ts';
import { readBytes } from './files.ts';
import type { Terminal } from './terminal.ts';

/** @throws InvalidInputError when the file is no JSON */
export async function readJson(file: string): Promise<unknown> {
  const text = new TextDecoder().decode(await readBytes(file));
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidInputError(file, error instanceof Error ? error.message : String(error));
  }
}

/** @param name of a known architecture, or a JSON file */
export async function architectureOf(name: string | undefined): Promise<Architecture | null> {
  if (name === undefined) return null;
  if (extname(name) !== '.json') return architecture(name);
  return checkArchitecture(name, '', await readJson(name));
}

/** Reports often enough to see a short run move, and rarely enough not to wait for the GPU all the time. */
export function reportEvery(steps: number): number {
  return Math.max(1, Math.min(10, Math.floor(steps / 20)));
}

/** The settings that have an option of their own. @throws UsageError */
export function trainingOptions(args: Arguments): TrainingOverrides {
  const given = {
    steps: args.integer('steps', { min: 1 }),
    batchSize: args.integer('batch', { min: 1 }),
    seed: args.integer('seed', { min: 0, max: 0xffffffff }),
    checkpointEvery: args.integer('checkpoint-every', { min: 1 }),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Says where a resumed run goes on, and prints a line for every reported step. */
export function stepReports(
  terminal: Terminal,
  steps: number,
  checkpoint: string,
): Required<Pick<TrainHooks, 'onStart' | 'onStep'>> {
  return {
    onStart: (done) => {
      if (done > 0) terminal.note(`Going on after step ${done} (${checkpoint}; --fresh starts anew)`);
    },
    onStep: ({ step, loss, dist, dir, lr }) =>
      terminal.result({ step, loss, dist, dir, lr }, () => {
        const parts = [`loss ${loss.toFixed(5)}`, `dist ${dist.toFixed(5)}`, `dir ${dir.toFixed(4)}`];
        return `step ${step}/${steps}: ${parts.join(', ')}, lr ${lr.toExponential(2)}`;
      }),
  };
}
