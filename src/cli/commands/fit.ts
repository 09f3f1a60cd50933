/** `po3ad fit`: good scans become a reference, without training. */

import { writeReferenceFile } from '../../io/referenceFile.ts';
import { type Command, EXIT } from '../command.ts';
import { DETECTOR_HELP, fitOn, openDetector } from '../detectors.ts';
import { writeOutput } from '../files.ts';

export const fit: Command = {
  name: 'fit',
  summary: 'Makes a reference of good scans: lays them on each other and learns how much they differ.',
  synopsis: 'GOOD... --out REF.safetensors [--detector NAME] [--model M] [--backend webgpu|wasm] [--json]',
  help: [
    'GOOD             good scans of one part, or folders of them, in one unit, at any poses',
    '--out REF        the reference, for po3ad inspect --reference REF',
    ...DETECTOR_HELP,
    '',
    'JSON: reference, points, members [{name, used, words}], calibration {pointThreshold, objectThreshold,',
    'how} in model units (source units over radius), radius, time (ms).',
  ],
  options: { out: { type: 'string' }, detector: { type: 'string' }, model: { type: 'string' } },
  async run(args, terminal) {
    const paths = args.files('a good scan');
    const out = args.required('out');
    const started = performance.now();
    const { detector, dispose } = await openDetector(args, terminal);
    const fitted = await fitOn(detector, paths, terminal).finally(dispose);
    await writeOutput(out, writeReferenceFile(fitted));
    const { reference, calibration } = fitted;
    const { members, frame } = reference;
    const points = reference.spread.length;
    const time = performance.now() - started;
    terminal.result({ reference: out, points, members, calibration, radius: frame.radius, time }, () =>
      [
        `${out}: ${points} points from ${members.filter(({ used }) => used).length} good scans, ${time.toFixed(0)} ms`,
        ...members.map(({ name, used, words }) => `  ${name}: ${used ? '' : 'left out. '}${words}`),
      ].join('\n'),
    );
    return EXIT.ok;
  },
};
