/** `--mesh vertices|sample`: what a mesh is used as. */

import type { MeshUse } from '../engine/protocol.ts';
import { type Arguments, UsageError } from './command.ts';

export const MESH_OPTIONS = {
  mesh: { type: 'string' },
  samples: { type: 'string' },
  'mesh-seed': { type: 'string' },
} as const;

export const MESH_HELP = [
  '--mesh HOW       a mesh as its vertices (default), or sample: points drawn evenly from its surface',
  '--samples N      with --mesh sample: how many points (default 100000); --mesh-seed S: other ones',
] as const;

const DEFAULT_SAMPLES = 100_000;

/** @throws UsageError */
export function meshOption(args: Arguments): MeshUse {
  const kind = args.oneOf('mesh', ['vertices', 'sample'] as const) ?? 'vertices';
  const points = args.integer('samples', { min: 1, max: 10_000_000 });
  const seed = args.integer('mesh-seed', { min: 0, max: 2 ** 32 - 1 });
  if (kind === 'sample') return { kind, points: points ?? DEFAULT_SAMPLES, seed: seed ?? 0 };
  if (points !== undefined || seed !== undefined)
    throw new UsageError('--samples and --mesh-seed go with --mesh sample');
  return { kind };
}
