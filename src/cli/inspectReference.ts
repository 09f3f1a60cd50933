/** `po3ad inspect --reference`: scans against good ones, without a model. */

import { toErrorValue } from '../core/errors.ts';
import type { PointPairs } from '../core/registration/pointPairs.ts';
import type { RegistrationQuality } from '../core/registration/quality.ts';
import type { Detection, Detector, FittedDetector } from '../detect/detector.ts';
import type { MeshUse } from '../engine/protocol.ts';
import type { ScanFile } from '../io/report.ts';
import { writePly } from '../io/writePly.ts';
import { EXIT } from './command.ts';
import { readScanFile, writeOutput } from './files.ts';
import {
  boundaryColumn,
  boundaryCount,
  type JudgingOptions,
  judgeObject,
  type ObjectJudgement,
} from './judgingOptions.ts';
import { offsetColumns } from './offsetColumns.ts';
import type { Terminal } from './terminal.ts';

/** `not-aligned`: the scan is no scan of this part, or in another unit; its score then says nothing. */
type ReferenceVerdict = 'ok' | 'not-ok' | 'uncalibrated' | 'not-aligned';

const WORDS: Readonly<Record<ReferenceVerdict, string>> = {
  ok: 'OK',
  'not-ok': 'NOT OK',
  uncalibrated: 'no verdict',
  'not-aligned': 'NO VERDICT',
};

function verdictOf(
  { registration }: Detection,
  { objectScore, threshold }: ObjectJudgement,
): ReferenceVerdict {
  if (registration !== null && registration.verdict !== 'aligned' && registration.verdict !== 'doubtful')
    return 'not-aligned';
  if (threshold === null) return 'uncalibrated';
  return objectScore > threshold ? 'not-ok' : 'ok';
}

/** Lengths in the unit of the files. */
function inSourceUnits(registration: RegistrationQuality, radius: number): Record<string, unknown> {
  const { verdict, overlap, medianResidual, determined, unitFactor, mirrored, words } = registration;
  return {
    verdict,
    overlap,
    medianResidual: medianResidual * radius,
    determined,
    unitFactor,
    mirrored,
    words,
  };
}

function report(
  file: string,
  detection: Detection,
  detector: Detector<FittedDetector>,
  fitted: FittedDetector,
  judgement: ObjectJudgement,
  total: number,
  terminal: Terminal,
): void {
  const { registration, score, unseen } = detection;
  const { frame } = fitted.reference;
  const { objectScore, threshold } = judgement;
  const verdict = verdictOf(detection, judgement);
  const limit = threshold === null ? 'no threshold' : `threshold ${threshold.toPrecision(4)}`;
  terminal.result(
    {
      file,
      detector: detector.name,
      points: score.length,
      ...boundaryCount(judgement),
      objectScore,
      threshold,
      verdict,
      radius: frame.radius,
      registration: registration === null ? null : inSourceUnits(registration, frame.radius),
      unseen,
      timings: { total },
    },
    () =>
      [
        `${file}: ${WORDS[verdict]}, score ${objectScore.toPrecision(4)} (${limit}), ${score.length} points, ${total.toFixed(0)} ms`,
        ...(registration === null ? [] : [`  ${registration.words}`]),
        ...(unseen < 0.01 ? [] : [`  ${Math.round(100 * unseen)} % of the reference were not scanned.`]),
      ].join('\n'),
  );
}

function scoredPly(
  { cloud }: ScanFile,
  { offsets, score }: Detection,
  judgement: ObjectJudgement,
  radius: number,
): Uint8Array {
  return writePly(cloud, {
    scalars: { ...offsetColumns(offsets), score, ...boundaryColumn(judgement) },
    comments: [`offset and score in model units; times ${radius} they are in the unit of x, y, z`],
  });
}

/**
 * @param ply where each file's scored PLY goes, if anywhere
 * @param pairs places where alignment starts, of the only file
 */
export async function inspectAgainst(
  files: readonly string[],
  detector: Detector<FittedDetector>,
  fitted: FittedDetector,
  ply: ReadonlyMap<string, string>,
  mesh: MeshUse,
  judging: JudgingOptions,
  pairs: PointPairs | undefined,
  terminal: Terminal,
): Promise<number> {
  let failed = false;
  for (const file of files) {
    terminal.throwIfCancelled();
    try {
      const started = performance.now();
      const scan = await readScanFile(file, terminal, mesh);
      const detection = await detector.score(scan.cloud, fitted, pairs);
      const { positions } = scan.cloud;
      const { calibration } = fitted;
      const { objectRule } = detector;
      const judgement = judgeObject(judging, { ...detection, positions, objectRule, calibration });
      const path = ply.get(file);
      if (path !== undefined)
        await writeOutput(path, scoredPly(scan, detection, judgement, fitted.reference.frame.radius));
      report(file, detection, detector, fitted, judgement, performance.now() - started, terminal);
      for (const warning of scan.report.warnings) terminal.note(`${file}: ${warning}`);
    } catch (error) {
      terminal.throwIfCancelled();
      failed = true;
      terminal.failure(file, toErrorValue(error));
    }
  }
  return failed ? EXIT.failed : EXIT.ok;
}
