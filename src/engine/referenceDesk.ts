/** The references that the page has asked for, and scans judged against them. */

import { contentHash } from '../core/contentHash.ts';
import { CancelledError, InvalidInputError, StudioError, throwIfCancelled } from '../core/errors.ts';
import { nextTask } from '../core/nextTask.ts';
import type { JudgeRule } from '../core/objectRule.ts';
import type { Pose } from '../core/registration/pose.ts';
import type { RegistrationQuality } from '../core/registration/quality.ts';
import type { PointCloud } from '../core/types.ts';
import { bankDetector } from '../detect/bank.ts';
import type { Detection, Detector, FittedDetector } from '../detect/detector.ts';
import { residual } from '../detect/residual.ts';
import { objectFigures } from '../detect/scores.ts';
import type { FileStore } from '../io/fileStore.ts';
import { ensembleDetector } from './ensemble.ts';
import type { Lane } from './lane.ts';
import type { Analysis, CallHooks, Verdict } from './protocol.ts';
import type {
  Alignment,
  DetectorChoice,
  ReferenceCalls,
  ReferenceRecord,
  ReferenceSummary,
} from './referenceProtocol.ts';
import { ReferenceShelf } from './referenceShelf.ts';
import type { Session } from './session.ts';
import { universalDetector } from './universal.ts';

/** The detector that is meant. */
export function detectorOf(choice: DetectorChoice, session: Session): Detector<FittedDetector> {
  switch (choice.name) {
    case 'residual':
      return residual;
    case 'bank':
      return bankDetector(session.histograms);
    case 'universal':
      return universalDetector(session, choice.modelHash);
    case 'ensemble':
      return ensembleDetector(session, choice.modelHash);
    default:
      return choice satisfies never;
  }
}

/** Goes up whenever the same good scans are fitted otherwise than before: what browsers keep is then made again. */
const FIT_VERSION = 2;
/** Part of the work that reading is. */
const READING = 0.1;
/** References held at most; each costs a few megabytes and seconds to make again. */
const MOST_HELD = 8;

interface Held {
  readonly summary: ReferenceSummary;
  readonly fitted: FittedDetector;
}

export interface DeskServices {
  /** @throws when the engine was not started */
  session(): Session;
  readonly lane: Lane;
  readonly files: FileStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export class ReferenceDesk {
  /** By hash, the one used last at the end. */
  private readonly held = new Map<string, Held>();
  private readonly services: DeskServices;
  private readonly shelf: ReferenceShelf;

  constructor(services: DeskServices) {
    this.services = services;
    this.shelf = new ReferenceShelf(services.files, services.now);
  }

  /**
   * Takes the lane for a piece of work at a time.
   * @throws FormatError, InvalidInputError for scans that cannot be worked on, CancelledError
   */
  async fit(
    { good, detector: choice }: ReferenceCalls['fitReference']['params'],
    hooks: CallHooks,
  ): Promise<ReferenceSummary> {
    const { lane } = this.services;
    let leave = await lane.enter();
    try {
      const session = this.services.session();
      const between = async (stage: string, fraction: number) => {
        leave();
        await nextTask();
        leave = await lane.enter();
        throwIfCancelled(hooks.signal, 'good scans');
        // What it held is gone.
        if (this.services.session() !== session) throw new CancelledError('good scans');
        hooks.onProgress?.({ stage, fraction });
      };
      const clouds: PointCloud[] = [];
      for (const [at, source] of good.entries()) {
        await between('Reading good scans', (READING * at) / good.length);
        clouds.push((await session.parse(source)).cloud);
      }
      const hash = hashOf(clouds, choice);
      const notes: string[] = [];
      const known = this.held.get(hash) ?? (await this.found(hash, choice, notes));
      if (known !== null) return known.summary;
      const detector = detectorOf(choice, session);
      const fitted = await detector.fit(clouds, (next, done) =>
        between(next, READING + (1 - READING) * done),
      );
      throwIfCancelled(hooks.signal, 'good scans');
      try {
        await this.shelf.keep(hash, fitted);
      } catch (error) {
        if (!(error instanceof StudioError)) throw error;
        notes.push(`The fitted good scans could not be kept for the next visit: ${error.message}`);
      }
      return this.keep(hash, { summary: summaryOf(hash, choice, fitted, notes), fitted }).summary;
    } finally {
      leave();
    }
  }

  list(): Promise<readonly ReferenceRecord[]> {
    return this.shelf.list();
  }

  async remove(id: string): Promise<null> {
    await this.shelf.remove(id);
    return null;
  }

  /** What an earlier visit fitted. */
  private async found(hash: string, choice: DetectorChoice, notes: string[]): Promise<Held | null> {
    try {
      const taken = await this.shelf.take(hash);
      if (taken === null) return null;
      if ('fitted' in taken)
        return this.keep(hash, { summary: summaryOf(hash, choice, taken.fitted, []), fitted: taken.fitted });
      notes.push(`A fitted reference that was kept is damaged and was made again: ${taken.broken}`);
    } catch (error) {
      // Nothing can be kept in this browser; `keep` says so.
      if (!(error instanceof StudioError)) throw error;
    }
    return null;
  }

  /**
   * The parsed cloud goes out through `hooks.onCloud` before the scan is laid on the reference.
   * @throws FormatError, InvalidInputError, CancelledError
   */
  async analyse(
    { source, referenceHash, detector: choice }: ReferenceCalls['analyseAgainst']['params'],
    hooks: CallHooks,
  ): Promise<Analysis> {
    const session = this.services.session();
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

  private keep(hash: string, held: Held): Held {
    this.held.delete(hash);
    this.held.set(hash, held);
    for (const oldest of [...this.held.keys()].slice(0, -MOST_HELD)) this.held.delete(oldest);
    return held;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The same scans, fitted in the same way by the same program. */
function hashOf(clouds: readonly PointCloud[], choice: DetectorChoice): string {
  const parts = clouds.map(({ name, positions, faces }) => [
    name,
    contentHash(bytesOf(positions)),
    faces === null ? null : contentHash(bytesOf(faces)),
  ]);
  return contentHash(new TextEncoder().encode(JSON.stringify([FIT_VERSION, choice, parts])));
}

function summaryOf(
  hash: string,
  { name: detector }: DetectorChoice,
  { reference, calibration }: FittedDetector,
  notes: readonly string[],
): ReferenceSummary {
  const { members, points, frame } = reference;
  return { hash, detector, members, points: points.length / 3, radius: frame.radius, calibration, notes };
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
