/** A training checkpoint on disk: written aside and renamed, so a kill at any moment leaves a whole one. */

import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { CheckpointBytes } from '../engine/checkpointedRun.ts';
import { readBytes, writeOutput } from './files.ts';

export interface CheckpointFile extends CheckpointBytes {
  /** Once the model is written. */
  remove(): Promise<void>;
}

export function checkpointFile(name: string): CheckpointFile {
  return {
    name,
    save: async (bytes) => {
      const aside = `${name}.${process.pid}.part`;
      await writeOutput(aside, bytes);
      await rename(aside, name);
    },
    load: async () => (existsSync(name) ? readBytes(name) : null),
    remove: () => rm(name, { force: true }),
  };
}
