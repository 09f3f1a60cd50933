/** `po3ad import`: weights of the original (PyTorch checkpoint, or bare safetensors) become a model file. */

import { basename, extname } from 'node:path';
import type { ModelConfig } from '../../core/modelConfig.ts';
import { countParameters, type StateDict } from '../../core/networkSpec.ts';
import { importedConfig } from '../../io/inferArchitecture.ts';
import { modelHash, writeModelFile } from '../../io/modelFile.ts';
import { isPyTorchFile, readPyTorch } from '../../io/pytorch.ts';
import { readSafetensors } from '../../io/safetensors.ts';
import { type Arguments, type Command, EXIT } from '../command.ts';
import { readBytes, writeOutput } from '../files.ts';

function configOf(file: string, state: StateDict, args: Arguments): ModelConfig {
  const config = importedConfig(file, basename(file, extname(file)), state);
  const preset = args.oneOf('preset', ['paper', 'released'] as const) ?? 'released';
  return {
    ...config,
    voxelSize: args.number('voxel-size', { min: 0.001, max: 1 }) ?? config.voxelSize,
    preset,
    scoreNorm: preset === 'paper' ? 'l2' : 'l1',
  };
}

export const importModel: Command = {
  name: 'import',
  summary: 'Turns a PyTorch checkpoint of the original into a model file.',
  synopsis: 'CKPT.pth --out M.safetensors [--preset released|paper] [--voxel-size S] [--json]',
  help: [
    '--out M          model file to write',
    '--preset P       how it was trained, and so how it scores: released (L1 norm, default) or paper (L2)',
    '--voxel-size S   voxel edge in model units; 0.03, as the original',
    '',
    'The architecture is read off the tensors. Nothing in the checkpoint is executed: its pickle is read as',
    'data, and a file that wants more than weights is refused.',
  ],
  options: { out: { type: 'string' }, preset: { type: 'string' }, 'voxel-size': { type: 'string' } },
  async run(args, terminal) {
    const file = args.onlyFile('a checkpoint');
    const out = args.required('out');
    const bytes = await readBytes(file);
    const state = isPyTorchFile(bytes) ? readPyTorch(file, bytes) : readSafetensors(file, bytes).tensors;
    const config = configOf(file, state, args);
    const provenance = { importedFrom: basename(file) };
    await writeOutput(out, writeModelFile({ config, state, calibration: null, provenance }));
    const hash = modelHash(config, state);
    const parameters = countParameters(config.arch);
    terminal.result({ file, out, hash, parameters, config }, () =>
      [
        `${out}: ${parameters} parameters, layers ${config.arch.layers}, planes ${config.arch.planes}`,
        `  hash ${hash}`,
        '  not calibrated: it scores, but gives no verdict',
      ].join('\n'),
    );
    return EXIT.ok;
  },
};
