/** Commands for what scans are judged by: good scans, the detector, or a model. */

import type { EngineClient, EngineResult } from '../../engine/client.ts';
import type {
  CallHooks,
  DetectorChoice,
  DetectorName,
  ReferenceSummary,
  ScanSource,
} from '../../engine/protocol.ts';
import {
  DETECTORS,
  fitKey,
  type GoodScan,
  type GoodSet,
  INITIAL_REFERENCE,
  type JudgeChoice,
  needsNetwork,
  networkInForce,
  type ReferenceFit,
  type ReferenceState,
} from '../referenceState.ts';
import type { ModelSummary, Scan, ScanOrigin } from '../state.ts';
import type { Context } from './context.ts';
import { sourceOf } from './scanFiles.ts';

export interface ReferenceCommands {
  /** Files of good scans; what is judged by them is judged again. */
  addGoodFiles(files: readonly File[]): void;
  /** An open scan is good: others are compared with it. */
  useAsGood(scanId: string): void;
  removeGood(id: string): void;
  chooseJudge(choice: JudgeChoice): void;
  /**
   * What the universal detector computes with; scans are judged by it from then on.
   * @param id a model of this browser that compares with good scans; null = the one that comes with the page
   */
  chooseNetwork(id: string | null): void;
  /** The same, and the good scans that the model learned from are what it compares with, kept or open. */
  judgeWithOwn(id: string): Promise<void>;
}

/** A reference that is ready, and what scores with it. */
export interface ReadyReference {
  readonly summary: ReferenceSummary;
  readonly detector: DetectorChoice;
}

export interface References {
  readonly commands: ReferenceCommands;
  /** Fits the good scans unless that was done; the network of a detector is loaded first. */
  ensure(
    client: EngineClient,
    set: GoodSet,
    detector: DetectorName,
    hooks: CallHooks,
  ): Promise<EngineResult<ReadyReference>>;
  /** The engine was started again: it has forgotten everything. */
  forget(): void;
  /** The network of a detector, loaded once per engine. */
  detector(client: EngineClient, name: DetectorName): Promise<EngineResult<DetectorChoice>>;
}

/** What was judged has to be judged again. */
export function judgedAgain(scan: Scan): Scan {
  const { kind } = scan.status;
  if (kind !== 'scored' && kind !== 'shown' && kind !== 'released') return scan;
  return { ...scan, status: { kind: 'waiting' }, analysis: null, summary: null };
}

/** @param current the engine in force; @param onChange called when waiting scans may be able to run */
export function createReferences(
  ctx: Context,
  current: () => EngineClient | null,
  onChange: () => void,
): References {
  /** Hash of the universal network and the engine that holds it. @param id null: that of the page */
  let network: { readonly client: EngineClient; readonly id: string | null; readonly hash: string } | null =
    null;
  const state = () => ctx.state().reference;
  const update = (patch: Partial<ReferenceState>) => ctx.update({ reference: { ...state(), ...patch } });
  const putFit = (key: string, fit: ReferenceFit) => update({ fits: new Map(state().fits).set(key, fit) });

  const rejudge = (patch: Partial<ReferenceState>) => {
    update(patch);
    const { view, scans } = ctx.state();
    // A threshold belongs to what judges.
    ctx.update({ view: { ...view, threshold: null, range: null }, scans: scans.map(judgedAgain) });
    onChange();
  };

  const setOwn = (own: readonly GoodScan[]) => {
    const fits = new Map([...state().fits].filter(([key]) => !key.startsWith('own ')));
    const choice: JudgeChoice = state().choice.kind === 'good' ? state().choice : INITIAL_REFERENCE.choice;
    rejudge({ own, fits, choice });
  };

  const add = (name: string, origin: ScanOrigin): GoodScan => ({ id: `good-${ctx.nextId()}`, name, origin });

  const detector = async (
    client: EngineClient,
    name: DetectorName,
  ): Promise<EngineResult<DetectorChoice>> => {
    if (name === 'residual' || name === 'bank') return { ok: true, value: { name } };
    const id = networkInForce(ctx.state())?.id ?? null;
    if (network?.client === client && network.id === id)
      return { ok: true, value: { name, modelHash: network.hash } };
    const loaded = id === null ? await loadBundled(ctx, client) : await client.call('openModel', { id });
    if (!loaded.ok) return loaded;
    network = { client, id, hash: loaded.value.hash };
    return { ok: true, value: { name, modelHash: loaded.value.hash } };
  };

  const ensure: References['ensure'] = async (client, set, name, hooks) => {
    const choice = await detector(client, name);
    if (!choice.ok) return choice;
    const key = fitKey(set, name);
    const known = state().fits.get(key);
    if (known?.kind === 'ready')
      return { ok: true, value: { summary: known.summary, detector: choice.value } };
    putFit(key, { kind: 'fitting' });
    const fit = await fitSet(ctx, client, set, choice.value, hooks);
    if (!fit.ok) {
      putFit(key, { kind: 'failed', error: fit.error });
      return fit;
    }
    // Good scans may have come or gone while these were laid on each other.
    if (state().fits.get(key)?.kind === 'fitting') putFit(key, { kind: 'ready', summary: fit.value });
    for (const { name: member, used, words } of fit.value.members)
      if (!used) ctx.log('warning', `Good scan ${member} is left out: ${words}`);
    for (const note of fit.value.notes) ctx.log('warning', note);
    return { ok: true, value: { summary: fit.value, detector: choice.value } };
  };

  return {
    ensure,
    detector,
    forget() {
      network = null;
      update({ fits: new Map() });
    },
    commands: {
      addGoodFiles(files) {
        if (files.length === 0) return;
        setOwn([...state().own, ...files.map((file) => add(file.name, { kind: 'file', file }))]);
        ctx.log(
          'info',
          `${files.length === 1 ? files[0]!.name : `${files.length} files`}: good, to compare with`,
        );
      },
      useAsGood(scanId) {
        const scan = ctx.state().scans.find(({ id }) => id === scanId);
        if (scan !== undefined) setOwn([...state().own, add(scan.name, scan.origin)]);
      },
      removeGood: (id) => setOwn(state().own.filter((good) => good.id !== id)),
      chooseJudge: (choice) => rejudge({ choice }),
      chooseNetwork: (id) => rejudge(withNetwork(state(), id)),
      async judgeWithOwn(id) {
        const kept = await current()?.call('goodScansOf', { id });
        const scans = kept?.ok ? kept.value.scans : [];
        const model = ctx.state().training.models.find((known) => known.id === id);
        const learned = String(model?.summary.provenance.scans ?? '').split(', ');
        const known = new Set(state().own.map(({ name }) => name));
        const open = ctx.state().scans.filter(({ name }) => learned.includes(name) && !known.has(name));
        for (const { name } of open) known.add(name);
        const files = scans.filter(({ name }) => !known.has(name));
        const own = [
          ...state().own,
          ...open.map(({ name, origin }) => add(name, origin)),
          ...files.map(({ name, bytes }) => add(name, { kind: 'file', file: new File([bytes], name) })),
        ];
        rejudge({ ...withNetwork(state(), id), own });
      },
    },
  };
}

/** Thresholds that were found with another network are not its own. */
function withNetwork({ choice, fits }: ReferenceState, network: string | null): Partial<ReferenceState> {
  const computes = DETECTORS.map(({ name }) => name).filter(needsNetwork);
  const kept = [...fits].filter(
    ([key]) => !computes.some((name) => key.endsWith(` ${name}`)) && !key.startsWith('own '),
  );
  const chosen = choice.kind === 'good' && needsNetwork(choice.detector) ? choice.detector : 'universal';
  return { network, choice: { kind: 'good', detector: chosen }, fits: new Map(kept) };
}

/** The network that comes with the page. */
async function loadBundled(ctx: Context, client: EngineClient): Promise<EngineResult<ModelSummary>> {
  const entry = ctx.state().models?.entries.find(({ inputs }) => inputs === 'reference');
  if (entry === undefined)
    return {
      ok: false,
      error: {
        kind: 'model-mismatch',
        where: 'universal network',
        message: 'no network that compares with good scans came with this page',
      },
    };
  const file = await ctx.services.fetchFile(`models/${entry.file}`);
  return file.ok ? client.call('loadModel', { name: entry.file, bytes: file.value }) : file;
}

async function fitSet(
  ctx: Context,
  client: EngineClient,
  { good }: GoodSet,
  detector: DetectorChoice,
  hooks: CallHooks,
): Promise<EngineResult<ReferenceSummary>> {
  const sources: ScanSource[] = [];
  for (const { origin } of good) {
    const source = await sourceOf(ctx, origin, hooks.signal);
    if (!source.ok) return source;
    sources.push(source.value);
  }
  // Its own progress; the cloud that goes out is that of the scan to check.
  const { signal, onProgress } = hooks;
  return client.call(
    'fitReference',
    { good: sources, detector },
    { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) },
  );
}
