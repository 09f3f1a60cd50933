/** The one store. Everybody reads it; only `commands.ts` and its parts write it. */

import { createStore, type StoreApi } from 'zustand/vanilla';
import { initialState, type Preferences, type StudioState } from './state.ts';

export type WritableStore = StoreApi<StudioState>;

/** What the page's components get. */
export type StudioStore = Pick<WritableStore, 'getState' | 'subscribe'>;

export function createStudioStore(preferences?: Preferences): WritableStore {
  return createStore<StudioState>(() => initialState(preferences));
}
