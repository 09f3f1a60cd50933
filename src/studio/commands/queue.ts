/** The queue: one scan at a time goes through the engine, the one the user waits for first. */

import { type ErrorValue, InvalidInputError } from '../../core/errors.ts';
import { modelFrame } from '../../core/frame.ts';
import { scaleCloud } from '../../core/scaleCloud.ts';
import type { PointCloud } from '../../core/types.ts';
import type { EngineClient, EngineResult } from '../../engine/client.ts';
import type { CallHooks, ParsedScan, ScanSource } from '../../engine/protocol.ts';
import { alignmentWords } from '../alignmentWords.ts';
import { summaryOf } from '../judgement.ts';
import { judgeHash, judgeOf } from '../referenceState.ts';
import type { Analysis, Scan, StudioState } from '../state.ts';
import { formatCount, formatMilliseconds } from '../units.ts';
import { ensureBoundary } from './boundary.ts';
import type { Context } from './context.ts';
import { FailureMessages } from './failures.ts';
import type { References } from './references.ts';
import { sourceOf } from './scanFiles.ts';
import { ScanMemory } from './scanMemory.ts';

export interface Queue {
  /** Starts the next waiting scan if the engine is free; call after every change that could allow it. */
  pump(): void;
  /** Stops the scan under way; the others go on. */
  cancel(): void;
  /** Stops it only if it is this one. */
  cancelScan(scanId: string): void;
  /** Stops the scan under way and all that wait. */
  stopAll(): void;
  /** What was cancelled waits again. */
  goOn(): void;
}

interface Running {
  readonly scanId: string;
  readonly abort: AbortController;
  /** To notice that the engine was started again meanwhile. */
  readonly client: EngineClient;
}

/** @param currentClient the engine, null while it is not ready */
export function createQueue(
  ctx: Context,
  currentClient: () => EngineClient | null,
  references: Pick<References, 'ensure'>,
  onShown: (scan: Scan) => void,
  onDone: (scanId: string) => void,
): Queue {
  let running: Running | null = null;
  const memory = new ScanMemory();
  const failures = new FailureMessages(ctx);

  const pump = () => {
    const client = currentClient();
    const state = ctx.state();
    memory.touch(state);
    if (running !== null || client === null || state.engine.phase !== 'ready') return;
    if (state.model.phase === 'pending' || state.model.phase === 'loading') return;
    const scan = nextWaiting(state);
    if (scan === null) return;
    const job: Running = { scanId: scan.id, abort: new AbortController(), client };
    running = job;
    void run(ctx, scan, job, references, onShown).then(async (outcome) => {
      const cloud = ctx.state().scans.find(({ id }) => id === scan.id)?.cloud ?? null;
      if (outcome.ok && cloud !== null && ctx.state().boundary.on) await ensureBoundary(ctx, client, cloud);
      running = null;
      finish(ctx, scan, outcome, currentClient() === client, failures);
      onDone(scan.id);
      memory.release(ctx);
      void readMemory(ctx, client);
      pump();
    });
  };

  return {
    pump,
    cancel: () => running?.abort.abort(),
    cancelScan(scanId) {
      if (running?.scanId === scanId) running.abort.abort();
    },
    stopAll() {
      const stop = (scan: Scan) =>
        scan.status.kind === 'waiting' ? { ...scan, status: stopped(scan) } : scan;
      ctx.update({ scans: ctx.state().scans.map(stop), wantedId: null });
      running?.abort.abort();
    },
    goOn() {
      const wait = (scan: Scan): Scan =>
        scan.status.kind === 'cancelled' ? { ...scan, status: { kind: 'waiting' } } : scan;
      ctx.update({ scans: ctx.state().scans.map(wait) });
      pump();
    },
  };
}

/** One that was only to be read again keeps the verdict it has. */
function stopped({ summary }: Scan): Scan['status'] {
  return { kind: summary === null ? 'cancelled' : 'released' };
}

function nextWaiting(state: StudioState): Scan | null {
  const waiting = state.scans.filter((scan) => scan.status.kind === 'waiting');
  const urgent = [state.wantedId, state.activeId, state.besideId];
  return waiting.find((scan) => urgent.includes(scan.id)) ?? waiting[0] ?? null;
}

/** @returns the analysis, or null when there is no model and the scan was only read */
async function run(
  ctx: Context,
  scan: Scan,
  { abort, client }: Running,
  references: Pick<References, 'ensure'>,
  onShown: (scan: Scan) => void,
): Promise<EngineResult<Analysis | null>> {
  const setJob = (stage: string, fraction: number) =>
    ctx.update({ job: { scanId: scan.id, stage, fraction } });
  ctx.updateScan(scan.id, { status: { kind: 'working' } });
  setJob('Reading the file', 0);

  const read = await readSource(ctx, scan, abort.signal);
  if (!read.ok) return read;
  const hooks: CallHooks = {
    signal: abort.signal,
    onProgress: (progress) => setJob(progress.stage, progress.fraction),
    onCloud: (parsed) => acceptCloud(ctx, scan.id, parsed, onShown),
  };
  const state = ctx.state();
  // Scans to learn from need no score; they get one when another mode asks for it.
  const judge = state.mode === 'train' ? null : judgeOf(state, scan);
  const first = judge?.kind === 'good' || scan.scale !== 1;
  const source: EngineResult<ScanSource> = first ? await openedFirst(client, scan, read.value, hooks) : read;
  if (!source.ok) return source;
  if (judge?.kind === 'good') {
    const reference = await references.ensure(client, judge.set, judge.detector, hooks);
    if (!reference.ok) return reference;
    const { summary, detector } = reference.value;
    // The page has the cloud already: nothing needs to come back but the result.
    const { onCloud: _, ...rest } = hooks;
    const params = { source: source.value, referenceHash: summary.hash, detector };
    return client.call('analyseAgainst', params, rest);
  }
  if (judge?.kind === 'model' && state.model.phase === 'ready')
    return client.call('analyse', { source: source.value, modelHash: state.model.summary.hash }, hooks);
  if (source.value.kind === 'cloud') return { ok: true, value: null };
  const parsed = await client.call('parse', { source: source.value }, hooks);
  if (!parsed.ok) return parsed;
  acceptCloud(ctx, scan.id, parsed.value, onShown);
  return { ok: true, value: null };
}

/**
 * The scan read and shown before good scans are laid on each other, which takes longer; in the unit that the
 * user gave it.
 */
async function openedFirst(
  client: EngineClient,
  { scale }: Scan,
  source: ScanSource,
  hooks: CallHooks,
): Promise<EngineResult<ScanSource>> {
  if (source.kind === 'cloud') return { ok: true, value: source };
  const { signal } = hooks;
  const parsed = await client.call('parse', { source }, signal ? { signal } : {});
  if (!parsed.ok) return parsed;
  const { report } = parsed.value;
  const cloud = scale === 1 ? parsed.value.cloud : scaleCloud(parsed.value.cloud, scale);
  hooks.onCloud?.({ cloud, report });
  return { ok: true, value: { kind: 'cloud', cloud } };
}

async function readSource(ctx: Context, scan: Scan, signal: AbortSignal): Promise<EngineResult<ScanSource>> {
  if (scan.cloud !== null) return { ok: true, value: { kind: 'cloud', cloud: scan.cloud } };
  const source = await sourceOf(ctx, scan.origin, signal);
  return source.ok ? { ok: true, value: { ...source.value, mesh: scan.mesh } } : source;
}

/** Shows a cloud as soon as it is read, before it is scored. */
function acceptCloud(ctx: Context, scanId: string, parsed: ParsedScan, onShown: (scan: Scan) => void): void {
  const { cloud, report } = parsed;
  ctx.updateScan(scanId, { cloud, report, radius: radiusOf(cloud) });
  const state = ctx.state();
  const scan = state.scans.find((known) => known.id === scanId);
  if (scan === undefined) return;
  const left = [
    report.skipped > 0 ? `${formatCount(report.skipped)} rows could not be read` : '',
    report.nan > 0 ? `${formatCount(report.nan)} without finite coordinates` : '',
  ].filter((text) => text !== '');
  const leftOut = left.length > 0 ? `, left out: ${left.join(', ')}` : '';
  ctx.log('info', `${scan.name}: ${formatCount(report.points)} points read from ${report.format}${leftOut}`);
  for (const warning of report.warnings) ctx.log('warning', `${scan.name}: ${warning}`);
  if (state.wantedId === scanId || state.activeId === null) onShown(scan);
}

/** Known before the scan is scored, so that scores are shown in its unit from the start. */
function radiusOf(cloud: PointCloud): number | null {
  try {
    return modelFrame(cloud.positions, cloud.name).radius;
  } catch (error) {
    // The engine refuses such a scan as well, with a message of its own.
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}

function finish(
  ctx: Context,
  scan: Scan,
  outcome: EngineResult<Analysis | null>,
  sameEngine: boolean,
  failures: FailureMessages,
): void {
  ctx.update({ job: null });
  if (outcome.ok && outcome.value === null) ctx.updateScan(scan.id, { status: { kind: 'shown' } });
  else if (outcome.ok && outcome.value !== null) acceptAnalysis(ctx, scan, outcome.value);
  else if (!outcome.ok && sameEngine) fail(ctx, scan, outcome.error, failures);
  // The engine was started again: the scan goes through the new one.
  else ctx.updateScan(scan.id, { status: { kind: 'waiting' } });
}

function acceptAnalysis(ctx: Context, scan: Scan, analysis: Analysis): void {
  if (judgeHash(ctx.state(), scan) !== analysis.map.modelHash) {
    // Something else was chosen to judge by meanwhile: its verdict is what the user wants.
    ctx.updateScan(scan.id, { status: { kind: 'waiting' } });
    return;
  }
  const summary = summaryOf(ctx.state(), analysis);
  // Model units are those of what judged: the good part's radius, or the scan's own.
  const { radius } = analysis.frame;
  ctx.updateScan(scan.id, { status: { kind: 'scored' }, analysis, summary, radius });
  const { total, network } = analysis.timings;
  const took =
    analysis.alignment === null
      ? `, of which network ${formatMilliseconds(network)}`
      : `. ${alignmentWords(analysis.alignment, scan.unit)}`;
  ctx.log('info', `${scan.name}: scored in ${formatMilliseconds(total)}${took}`);
}

function fail(ctx: Context, scan: Scan, error: ErrorValue, failures: FailureMessages): void {
  const { wantedId, scans } = ctx.state();
  if (wantedId === scan.id) ctx.update({ wantedId: null });
  if (error.kind === 'cancelled') {
    ctx.updateScan(scan.id, { status: stopped(scan) });
    ctx.log('info', `${scan.name}: cancelled`);
    return;
  }
  if (!scans.some((known) => known.id === scan.id)) return;
  ctx.updateScan(scan.id, { status: { kind: 'failed', error } });
  failures.tell(error, scan);
}

async function readMemory(ctx: Context, client: EngineClient): Promise<void> {
  const memory = await client.call('memory', {});
  if (memory.ok) ctx.update({ memory: memory.value });
}
