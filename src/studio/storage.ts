/** The one door to the browser's storage: the page's preferences. */

import { isColourMapId } from '../core/colourMaps.ts';
import { isKeyChord } from './keyChoices.ts';
import { isMeshUse } from './meshChoice.ts';
import { isPlacing } from './placing.ts';
import { DEFAULT_PREFERENCES, type Preferences, type ThemeChoice } from './state.ts';

const KEY = 'po3ad-studio/preferences';

const THEMES: readonly ThemeChoice[] = ['system', 'dark', 'light', 'report'];

export function isThemeChoice(value: unknown): value is ThemeChoice {
  return THEMES.some((theme) => theme === value);
}

/** @returns the entries of a stored table that are what they should be */
function entriesOf<T>(stored: unknown, fits: (value: unknown) => value is T): Readonly<Record<string, T>> {
  if (typeof stored !== 'object' || stored === null) return {};
  return Object.fromEntries(Object.entries(stored).filter((entry): entry is [string, T] => fits(entry[1])));
}

/** Anything unknown or out of range falls back to its default: an older or newer page may have written it. */
export function readPreferences(json: string | null): Preferences {
  let stored: unknown;
  try {
    stored = JSON.parse(json ?? 'null');
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return DEFAULT_PREFERENCES;
  }
  if (typeof stored !== 'object' || stored === null) return DEFAULT_PREFERENCES;
  const fields: Readonly<Record<string, unknown>> = { ...stored };
  const { theme, colourMap, pointScale, shading, parallel } = fields;
  const { drawer, folded, keyChoices, placings, meshUse } = fields;
  return {
    theme: isThemeChoice(theme) ? theme : DEFAULT_PREFERENCES.theme,
    colourMap: isColourMapId(colourMap) ? colourMap : DEFAULT_PREFERENCES.colourMap,
    pointScale:
      typeof pointScale === 'number' && pointScale >= 0.25 && pointScale <= 4
        ? pointScale
        : DEFAULT_PREFERENCES.pointScale,
    shading: typeof shading === 'boolean' ? shading : DEFAULT_PREFERENCES.shading,
    parallel: typeof parallel === 'boolean' ? parallel : DEFAULT_PREFERENCES.parallel,
    drawer: typeof drawer === 'boolean' ? drawer : DEFAULT_PREFERENCES.drawer,
    folded: entriesOf(folded, (value) => typeof value === 'boolean'),
    keyChoices: entriesOf(keyChoices, isKeyChord),
    placings: entriesOf(placings, isPlacing),
    meshUse: isMeshUse(meshUse) ? meshUse : DEFAULT_PREFERENCES.meshUse,
  };
}

export interface PreferenceStorage {
  load(): Preferences;
  /** @returns false when the browser keeps nothing (private window, full, forbidden) */
  save(preferences: Preferences): boolean;
}

/** Preferences in localStorage; a browser that forbids it starts with the defaults. */
export function browserPreferences(): PreferenceStorage {
  return {
    load() {
      try {
        return readPreferences(localStorage.getItem(KEY));
      } catch {
        // Access itself throws where storage is forbidden; `save` reports that to the user.
        return DEFAULT_PREFERENCES;
      }
    },
    save(preferences) {
      try {
        localStorage.setItem(KEY, JSON.stringify(preferences));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** How much the browser keeps for this page, and whether it promised to keep it. */
export interface StorageService {
  /** @returns false when the browser may throw the files away */
  persist(): Promise<boolean>;
  /** @returns null where the browser does not say */
  estimate(): Promise<{
    readonly usage: number;
    readonly quota: number;
    readonly persistent: boolean;
  } | null>;
}

export function browserStorage(): StorageService {
  return {
    // Missing outside secure contexts.
    persist: async () => (await navigator.storage?.persist?.()) ?? false,
    async estimate() {
      if (navigator.storage?.estimate === undefined) return null;
      const { usage = 0, quota = 0 } = await navigator.storage.estimate();
      return { usage, quota, persistent: (await navigator.storage.persisted?.()) ?? false };
    },
  };
}

const OWN_SHARES_KEY = 'po3ad-studio/shares';

/** The list of what was shared from this browser, with the keys of the links and the tokens to revoke them. */
export interface ShareListStorage {
  load(): string | null;
  /** @returns false when the browser keeps nothing */
  save(json: string): boolean;
}

export function browserShareList(): ShareListStorage {
  return {
    load() {
      try {
        return localStorage.getItem(OWN_SHARES_KEY);
      } catch {
        // Forbidden: `save` tells.
        return null;
      }
    },
    save(json) {
      try {
        localStorage.setItem(OWN_SHARES_KEY, json);
        return true;
      } catch {
        return false;
      }
    },
  };
}
