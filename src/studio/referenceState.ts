/** What scans are judged by: good scans laid on each other, or a model that knows one part by heart. */

import type { ErrorValue } from '../core/errors.ts';
import type { DetectorName, ModelRecord, ReferenceSummary } from '../engine/protocol.ts';
import type { Scan, ScanOrigin, StudioState } from './state.ts';

export type { ReferenceMember } from '../engine/protocol.ts';

/** What the user wants scans to be judged by. */
export type JudgeChoice =
  | { readonly kind: 'good'; readonly detector: DetectorName }
  | { readonly kind: 'model' };

/** One sentence on each, for whoever chooses. */
export const DETECTORS: readonly {
  readonly name: DetectorName;
  readonly title: string;
  readonly summary: string;
}[] = [
  {
    name: 'residual',
    title: 'Distance to the good scans',
    summary: 'The scan is laid on the good ones; whatever does not lie on them scores. Best for rigid parts.',
  },
  {
    name: 'universal',
    title: 'Universal network',
    summary: 'A network trained on generated parts tells defects from what good parts may differ by.',
  },
  {
    name: 'ensemble',
    title: 'All together',
    summary:
      'Distance, network, shapes and gaps along cracks, each in units of what good scans score. Finds most, takes longest.',
  },
  {
    name: 'bank',
    title: 'Shapes of the good scans',
    summary:
      'Surface whose shape no good scan has scores, in multiples of the scan’s noise. Scans need not lie on each other; no arrows.',
  },
];

/** Whether a detector computes with the network that comes with the page. */
export const needsNetwork = (name: DetectorName): boolean => name === 'universal' || name === 'ensemble';

/** A good scan to compare with. */
export interface GoodScan {
  readonly id: string;
  readonly name: string;
  readonly origin: ScanOrigin | { readonly kind: 'bundled'; readonly file: string };
}

/** Good scans that belong together. */
export interface GoodSet {
  /** `own`, or `sample:PART` for those that come with the page. */
  readonly key: string;
  readonly good: readonly GoodScan[];
}

export type ReferenceFit =
  | { readonly kind: 'fitting' }
  | { readonly kind: 'ready'; readonly summary: ReferenceSummary }
  | { readonly kind: 'failed'; readonly error: ErrorValue };

export interface ReferenceState {
  readonly choice: JudgeChoice;
  /** Good scans that the user gave. */
  readonly own: readonly GoodScan[];
  /** Network of the universal detector: one of this browser's models; null = the one that comes with the page. */
  readonly network: string | null;
  /** By `fitKey`. */
  readonly fits: ReadonlyMap<string, ReferenceFit>;
}

export const INITIAL_REFERENCE: ReferenceState = {
  choice: { kind: 'good', detector: 'universal' },
  own: [],
  network: null,
  fits: new Map(),
};

export function fitKey(set: GoodSet, detector: DetectorName): string {
  return `${set.key} ${detector}`;
}

const OWN = 'own';

/** The good scans that a scan is compared with; null when there are none. */
export function goodSetOf({ reference, samples }: StudioState, { origin }: Scan): GoodSet | null {
  const own = reference.own.length === 0 ? null : { key: OWN, good: reference.own };
  if (origin.kind !== 'sample') return own;
  const { part } = origin.sample;
  const files = samples?.references.get(part) ?? [];
  if (files.length === 0) return own;
  const good = files.map((file) => ({
    id: file,
    name: file.split('/').at(-1) ?? file,
    origin: { kind: 'bundled' as const, file },
  }));
  return { key: `sample:${part}`, good };
}

/** Models of this browser that compare a scan with good ones. */
export function ownNetworks({
  training,
}: {
  readonly training: Pick<StudioState['training'], 'models'>;
}): readonly ModelRecord[] {
  return training.models.filter(({ summary }) => summary.config.inputs === 'reference');
}

/** The model of this browser that was chosen as network; null = the one that comes with the page. */
export function networkInForce(state: StudioState): ModelRecord | null {
  return ownNetworks(state).find(({ id }) => id === state.reference.network) ?? null;
}

/** What was chosen, or what needs no network where there is none. */
export function detectorInForce(state: StudioState, chosen: DetectorName): DetectorName {
  const bundled = state.models?.entries.some(({ inputs }) => inputs === 'reference') ?? false;
  return bundled || networkInForce(state) !== null || !needsNetwork(chosen) ? chosen : 'residual';
}

/** As reports and tables show it. */
export function detectorTitle(state: StudioState, name: DetectorName): string {
  const known = DETECTORS.find((detector) => detector.name === name)?.title ?? name;
  const network = needsNetwork(name) ? networkInForce(state) : null;
  return network === null ? known : `${known} “${network.title}”`;
}

/** What judges a scan now: what was chosen, where it can be had. */
export type Judge =
  | { readonly kind: 'good'; readonly detector: DetectorName; readonly set: GoodSet }
  | { readonly kind: 'model' };

/** @returns null when there is nothing to judge it by */
export function judgeOf(state: StudioState, scan: Scan): Judge | null {
  const { choice } = state.reference;
  const set = choice.kind === 'good' ? goodSetOf(state, scan) : null;
  if (choice.kind === 'good' && set !== null)
    return { kind: 'good', detector: detectorInForce(state, choice.detector), set };
  return state.model.phase === 'ready' ? { kind: 'model' } : null;
}

/** Hash that a result of today's judge carries; null while it is not known. */
export function judgeHash(state: StudioState, scan: Scan): string | null {
  const judge = judgeOf(state, scan);
  if (judge?.kind === 'good') {
    const fit = state.reference.fits.get(fitKey(judge.set, judge.detector));
    return fit?.kind === 'ready' ? fit.summary.hash : null;
  }
  return state.model.phase === 'ready' ? state.model.summary.hash : null;
}
