/**
 * The one door to the page's address: `?sample=ID` opens a bundled sample, `?mode=ID` a mode of the page,
 * `?shared=1` a heatmap that the page which opened this one hands over.
 * `?backend=webgpu` or `wasm` computes with that one whatever the page would choose.
 */

import type { BackendName } from '../engine/protocol.ts';
import { FIRST_MODE, isModeId, type ModeId } from './modes.ts';

const SAMPLE = 'sample';
const MODE = 'mode';
const SHARED = 'shared';
const BACKEND = 'backend';

/** @param search the query part of an address, with or without "?" */
export function sampleInSearch(search: string): string | null {
  const id = new URLSearchParams(search).get(SAMPLE);
  return id === null || id === '' ? null : id;
}

/** @returns the first mode for an address that names none, or one that this page does not have */
export function modeInSearch(search: string): ModeId {
  const id = new URLSearchParams(search).get(MODE);
  return isModeId(id) ? id : FIRST_MODE;
}

/** @returns `auto` for an address that names none, or one that there is not */
export function backendInSearch(search: string): BackendName | 'auto' {
  const name = new URLSearchParams(search).get(BACKEND);
  return name === 'webgpu' || name === 'wasm' ? name : 'auto';
}

/** @returns the same address with one parameter set, or removed for null; other parameters stay */
function withParameter(href: string, name: string, value: string | null): string {
  const url = new URL(href);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.href;
}

/** @returns the same address with the sample set, or removed for null */
export function withSample(href: string, id: string | null): string {
  return withParameter(href, SAMPLE, id);
}

/** @returns the same address with the mode set; the first mode needs no mention */
export function withMode(href: string, mode: ModeId): string {
  return withParameter(href, MODE, mode === FIRST_MODE ? null : mode);
}

export interface PageLocation {
  sample(): string | null;
  mode(): ModeId;
  /** Whether a heatmap is going to be handed over; asked once, a reload has nobody to hand it over. */
  takeShared(): boolean;
  /** What is to compute. */
  backend(): BackendName | 'auto';
  /** Keeps the address bar a link to what is shown, without a new history entry. */
  showSample(id: string | null): void;
  showMode(mode: ModeId): void;
}

export function browserLocation(): PageLocation {
  const replace = (href: string) => window.history.replaceState(null, '', href);
  return {
    sample: () => sampleInSearch(window.location.search),
    mode: () => modeInSearch(window.location.search),
    takeShared() {
      const shared = new URLSearchParams(window.location.search).has(SHARED);
      if (shared) replace(withParameter(window.location.href, SHARED, null));
      return shared;
    },
    backend: () => backendInSearch(window.location.search),
    showSample: (id) => replace(withSample(window.location.href, id)),
    showMode: (mode) => replace(withMode(window.location.href, mode)),
  };
}
