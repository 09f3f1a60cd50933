/** The references that the page has asked for, and scans judged against them. */

import { contentHash } from '../core/contentHash.ts';
import { InvalidInputError, throwIfCancelled } from '../core/errors.ts';
import type { JudgeRule } from '../core/objectRule.ts';
import type { Pose } from '../core/registration/pose.ts';
import type { RegistrationQuality } from '../core/registration/quality.ts';
import type { PointCloud } from '../core/types.ts';
import { bank } from '../detect/bank.ts';
import type { Detection, Detector, FittedDetector } from '../detect/detector.ts';
import { residual } from '../detect/residual.ts';
import { objectFigures } from '../detect/scores.ts';
import { ensembleDetector } from './ensemble.ts';
import type { Analysis, CallHooks, Verdict } from './protocol.ts';
import type { Alignment, DetectorChoice, ReferenceCalls, ReferenceSummary } from './referenceProtocol.ts';
import type { Session } from './session.ts';
import { universalDetector } from './universal.ts';

/** The detector that is meant. */
export function detectorOf(choice: DetectorChoice, session: Session): Detector<FittedDetector> {
  switch (choice.name) {
    case 'residual':
      return residual;
    case 'bank':
      return bank;
    case 'universal':
      return universalDetector(session, choice.modelHash);
    case 'ensemble':
      return ensembleDetector(session, choice.modelHash);
    default:
      return choice satisfies never;
  }
}

/** References held at most; each costs a few megabytes and seconds to make again. */
const MOST_HELD = 8;

interface Held {
  readonly summary: ReferenceSummary;
  readonly fitted: FittedDetector;
}

export class ReferenceDesk {
  /** By hash, the one used last at the end. */
  private readonly held = new Map<string, Held>();

  /** @throws FormatError, InvalidInputError for scans that cannot be worked on, CancelledError */
  async fit(
    session: Session,
    { good, detector: choice }: ReferenceCalls['fitReference']['params'],
    hooks: CallHooks,
  ): Promise<ReferenceSummary> {
    const clouds: PointCloud[] = [];
    for (const [at, source] of good.entries()) {
      throwIfCancelled(hooks.signal, 'good scans');
      hooks.onProgress?.({ stage: 'Reading good scans', fraction: at / (good.length + 1) });
      clouds.push((await session.parse(source)).cloud);
    }
    const hash = hashOf(clouds, choice);
    const known = this.held.get(hash);
    if (known !== undefined) return known.summary;
    hooks.onProgress?.({ stage: 'Laying good scans on each other', fraction: 0.5 });
    const fitted = await detectorOf(choice, session).fit(clouds);
    throwIfCancelled(hooks.signal, 'good scans');
    const { reference, calibration } = fitted;
    const summary: ReferenceSummary = {
      hash,
      detector: choice.name,
      members: reference.members,
      points: reference.points.length / 3,
      radius: reference.frame.radius,
      calibration,
    };
    this.keep(hash, { summary, fitted });
    return summary;
  }

  /**
   * The parsed cloud goes out through `hooks.onCloud` before the scan is laid on the reference.
   * @throws FormatError, InvalidInputError, CancelledError
   */
  async analyse(
    session: Session,
    { source, referenceHash, detector: choice }: ReferenceCalls['analyseAgainst']['params'],
    hooks: CallHooks,
  ): Promise<Analysis> {
    const started = performance.now();
    const held = this.held.get(referenceHash);
    if (held === undefined) throw new InvalidInputError('reference', `no reference ${referenceHash} is held`);
    this.keep(referenceHash, held);
    const scan = await session.parse(source, hooks);
    const parse = performance.now() - started;
    hooks.onCloud?.(scan);
    throwIfCancelled(hooks.signal, 'analyse');
    hooks.onProgress?.({ stage: 'Laying the scan on the good ones', fraction: 0.2 });
    const detector = detectorOf(choice, session);
    const detection = await detector.score(scan.cloud, held.fitted);
    throwIfCancelled(hooks.signal, 'analyse');
    const total = performance.now() - started;
    return {
      ...analysisOf(scan.cloud, detection, detector.objectRule, held),
      timings: { parse, voxelise: 0, pyramid: 0, network: total - parse, total },
      backend: session.info.backend,
      adapter: session.info.adapter,
    };
  }

  drop(hash: string): null {
    this.held.delete(hash);
    return null;
  }

  /** The engine was started anew: networks that references were calibrated with are gone. */
  clear(): void {
    this.held.clear();
  }

  private keep(hash: string, held: Held): void {
    this.held.delete(hash);
    this.held.set(hash, held);
    for (const oldest of [...this.held.keys()].slice(0, -MOST_HELD)) this.held.delete(oldest);
  }
}

function hashOf(clouds: readonly PointCloud[], choice: DetectorChoice): string {
  const parts = clouds.map(({ positions }) =>
    contentHash(new Uint8Array(positions.buffer, positions.byteOffset, positions.byteLength)),
  );
  return contentHash(new TextEncoder().encode(JSON.stringify([choice, parts])));
}

/** Lengths in source units. */
function alignmentOf(
  { words: _, medianResidual, ...quality }: RegistrationQuality,
  pose: Pose,
  unseen: number,
  radius: number,
): Alignment {
  return {
    ...quality,
    medianResidual: medianResidual * radius,
    unseen,
    pose,
  };
}

function analysisOf(
  { id }: PointCloud,
  { offsets, score, objectScore, registration, pose, unseen }: Detection,
  objectRule: JudgeRule,
  { summary, fitted }: Held,
): Omit<Analysis, 'timings' | 'backend' | 'adapter'> {
  const { pointThreshold, objectThreshold } = summary.calibration;
  const alignment =
    registration === null || pose === null ? null : alignmentOf(registration, pose, unseen, summary.radius);
  return {
    map: {
      cloudId: id,
      offsets,
      score,
      objectScore,
      objectRule,
      objectFigures: objectFigures(score),
      threshold: pointThreshold,
      modelHash: summary.hash,
    },
    frame: fitted.reference.frame,
    voxels: [],
    verdict: verdictOf(alignment, objectScore, objectThreshold),
    calibration: summary.calibration,
    alignment,
  };
}

/** Distances to a part that the scan does not lie on say nothing. */
function verdictOf(alignment: Alignment | null, objectScore: number, objectThreshold: number): Verdict {
  if (alignment !== null && alignment.verdict !== 'aligned' && alignment.verdict !== 'doubtful')
    return 'not-aligned';
  return objectScore > objectThreshold ? 'not-ok' : 'ok';
}
