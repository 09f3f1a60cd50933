/** `po3ad synthesize`: shows what training sees, pseudo-anomalies (Norm-AS or richer) on a good scan. */

import { basename, extname, join } from 'node:path';
import { prepareSource } from '../../core/prepareSource.ts';
import { trainingConfig } from '../../core/presets.ts';
import { deriveKey } from '../../core/random.ts';
import { makeTrainingSample } from '../../core/synthesise.ts';
import type { ModelFrame, PointCloud, TrainingSample } from '../../core/types.ts';
import { writePly } from '../../io/writePly.ts';
import { type Command, EXIT } from '../command.ts';
import { readScanFile, writeOutput } from '../files.ts';
import { offsetColumns } from '../offsetColumns.ts';

/** Back in the scan's own units and pose, with the target offsets and label 1 on what was moved. */
function samplePly(cloud: PointCloud, { centre, radius }: ModelFrame, sample: TrainingSample): Uint8Array {
  const positions = sample.points.map((value, i) => value * radius + centre[(i % 3) as 0 | 1 | 2]);
  const label = new Uint8Array(positions.length / 3);
  for (const row of sample.patch) label[row] = 1;
  // The scan's normals would no longer be those of the moved surface; where points are gone, its other
  // columns and faces would no longer fit the rows.
  const whole = positions.length === cloud.positions.length;
  const rest = whole ? cloud : { ...cloud, colours: null, faces: null, attributes: {} };
  return writePly(
    { ...rest, positions, normals: null },
    {
      scalars: { ...offsetColumns(sample.targetOffsets), label },
      comments: [
        `offset in model units; times ${radius} it is in the unit of x, y, z`,
        `seed ${sample.seed}`,
      ],
    },
  );
}

function largestOffset(offsets: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < offsets.length; i += 3)
    largest = Math.max(largest, Math.hypot(offsets[i]!, offsets[i + 1]!, offsets[i + 2]!));
  return largest;
}

export const synthesize: Command = {
  name: 'synthesize',
  summary: 'Writes pseudo-anomalies on a good scan, as training makes them.',
  synopsis: 'FILE --out DIR [--seed S] [--count K] [--preset P] [--json]',
  help: [
    '--out DIR    PLY files NAME_pseudo0.ply, ...: the rows of FILE in its own units and pose, moved, with',
    '             offset_x, offset_y, offset_z (model units) and label 1 where moved; holes and missing',
    '             pieces (preset studio) leave rows out',
    '--seed S     0',
    '--count K    1',
    '--preset P   paper (default), released or studio',
    '',
    'JSON lines: file, out, seed, points, moved, largestOffset (model units).',
  ],
  options: {
    out: { type: 'string' },
    seed: { type: 'string' },
    count: { type: 'string' },
    preset: { type: 'string' },
  },
  async run(args, terminal) {
    const file = args.onlyFile('a good scan');
    const folder = args.required('out');
    const seed = args.integer('seed', { min: 0, max: 0xffffffff }) ?? 0;
    const count = args.integer('count', { min: 1, max: 100_000 }) ?? 1;
    const preset = args.oneOf('preset', ['paper', 'released', 'studio'] as const) ?? 'paper';
    const { synthesis } = trainingConfig(preset);
    const { cloud } = await readScanFile(file, terminal);
    const source = prepareSource(cloud);
    for (let k = 0; k < count; k++) {
      terminal.throwIfCancelled();
      const key = deriveKey(seed, k);
      const sample = makeTrainingSample(source, { rotate: false, maxPoints: null, synthesis }, key);
      const out = join(folder, `${basename(file, extname(file))}_pseudo${k}.ply`);
      await writeOutput(out, samplePly(cloud, source.frame, sample));
      const [points, moved] = [sample.points.length / 3, sample.patch.length];
      const highest = largestOffset(sample.targetOffsets);
      terminal.result({ file, out, seed: key, points, moved, largestOffset: highest }, () =>
        [
          `${out}:`,
          `${moved} of ${points} points moved, by up to`,
          (highest * source.frame.radius).toPrecision(4),
        ].join(' '),
      );
    }
    return EXIT.ok;
  },
};
