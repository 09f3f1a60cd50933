/** The detectors by name, what they compute with, and what they are fitted to: a reference file, or good scans. */

import { fileURLToPath } from 'node:url';
import { InvalidInputError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { bankDetector } from '../detect/bank.ts';
import type { Detector, FittedDetector } from '../detect/detector.ts';
import { residual } from '../detect/residual.ts';
import { ensembleDetector } from '../engine/ensemble.ts';
import { universalDetector } from '../engine/universal.ts';
import { isReferenceFile, readReferenceFile } from '../io/referenceFile.ts';
import { type Arguments, UsageError } from './command.ts';
import { loadModelFile, openSessionFor } from './engine.ts';
import { readBytes, readScanFile, scanFiles } from './files.ts';
import type { Terminal } from './terminal.ts';

/** `best-instant` is whichever of those that need no network is the better default. */
const NAMES = ['residual', 'bank', 'universal', 'ensemble', 'best-instant'] as const;
type DetectorName = Exclude<(typeof NAMES)[number], 'best-instant'>;

/** The one that is taken when none is asked for. */
const DEFAULT_NAME: DetectorName = 'residual';

/** Lines of the help of every command that takes a detector. */
export const DETECTOR_HELP = [
  '--detector NAME  residual (default, also best-instant): distance from the good scans; bank: shapes that no good scan',
  '                 has, without laying scans on each other; universal: a network trained on generated parts tells',
  '                 defects from what good scans may differ by; ensemble: all of them and fine cracks, each',
  '                 measured by what good scans score (--model M: another network than the one that comes with',
  '                 the studio)',
] as const;

/** The model that comes with the studio; as far from the bundle as from the sources. */
const SHIPPED_MODEL = fileURLToPath(new URL('../../public/models/universal.safetensors', import.meta.url));

/** A detector, ready; to be disposed of at the end. */
export interface OpenDetector {
  readonly detector: Detector<FittedDetector>;
  dispose(): void;
}

/** The name asked for; undefined without `--detector`. @throws UsageError for an unknown one */
export function detectorName(args: Arguments): DetectorName | undefined {
  const name = args.oneOf('detector', NAMES);
  return name === 'best-instant' ? 'residual' : name;
}

/**
 * @throws UsageError for a model that the detector does not take
 * @throws FormatError, ModelMismatchError, NoWebGpuError
 */
export async function openDetector(args: Arguments, terminal: Terminal): Promise<OpenDetector> {
  const name = detectorName(args) ?? DEFAULT_NAME;
  const model = args.text('model');
  if (name === 'residual' || name === 'bank') {
    if (model !== undefined) throw new UsageError('--model goes with --detector universal or ensemble only');
    return { detector: name === 'bank' ? bankDetector() : residual, dispose: () => {} };
  }
  const session = await openSessionFor(args.backend(), terminal);
  try {
    const { hash } = await loadModelFile(session, model ?? SHIPPED_MODEL);
    const detector = name === 'ensemble' ? ensembleDetector(session, hash) : universalDetector(session, hash);
    return { detector, dispose: () => session.dispose() };
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** @throws FormatError, InvalidInputError, CancelledError */
export async function fitOn(
  detector: Detector<FittedDetector>,
  paths: readonly string[],
  terminal: Terminal,
): Promise<FittedDetector> {
  const good: PointCloud[] = [];
  for (const file of await scanFiles(paths)) {
    terminal.throwIfCancelled();
    good.push((await readScanFile(file, terminal)).cloud);
  }
  terminal.progress(detector.name, { stage: 'Laying good scans on each other', fraction: 0.5 });
  const fitted = await detector.fit(good);
  for (const { name, words, used } of fitted.reference.members)
    if (!used) terminal.note(`${name}: left out. ${words}`);
  return fitted;
}

/**
 * A reference file as it is; a good scan, or a folder of them, fitted.
 * @throws InvalidInputError when the reference was fitted with another detector
 */
export async function openReference(
  detector: Detector<FittedDetector>,
  path: string,
  terminal: Terminal,
): Promise<FittedDetector> {
  if (path.endsWith('.safetensors')) {
    const bytes = await readBytes(path);
    if (isReferenceFile(bytes)) {
      const fitted = readReferenceFile(path, bytes);
      if (fitted.detector !== detector.name)
        throw new InvalidInputError(
          path,
          `has the thresholds of ${fitted.detector}, not of ${detector.name}: fit it again, or ask for ${fitted.detector}`,
        );
      return fitted;
    }
  }
  return fitOn(detector, [path], terminal);
}
