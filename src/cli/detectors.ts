/** The instant detectors by name, and what they are fitted to: a reference file, or good scans. */

import type { PointCloud } from '../core/types.ts';
import type { Detector, FittedDetector } from '../detect/detector.ts';
import { residual } from '../detect/residual.ts';
import { isReferenceFile, readReferenceFile } from '../io/referenceFile.ts';
import type { Arguments } from './command.ts';
import { readBytes, readScanFile, scanFiles } from './files.ts';
import type { Terminal } from './terminal.ts';

const DETECTORS = { residual } as const satisfies Record<string, Detector<FittedDetector>>;
const NAMES = Object.keys(DETECTORS) as (keyof typeof DETECTORS)[]; // the keys of the line above

/** The detector asked for by name; undefined without `--detector`. @throws UsageError for an unknown one */
export function detectorOf(args: Arguments): Detector<FittedDetector> | undefined {
  const name = args.oneOf('detector', NAMES);
  return name === undefined ? undefined : DETECTORS[name];
}

/** The one that is taken when none is asked for. */
export const DEFAULT_DETECTOR: Detector<FittedDetector> = residual;

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

/** A reference file as it is; a good scan, or a folder of them, fitted. */
export async function openReference(
  detector: Detector<FittedDetector>,
  path: string,
  terminal: Terminal,
): Promise<FittedDetector> {
  if (path.endsWith('.safetensors')) {
    const bytes = await readBytes(path);
    if (isReferenceFile(bytes)) return readReferenceFile(path, bytes);
  }
  return fitOn(detector, [path], terminal);
}
