/** How components reach the studio: read the store, call commands. */

import { createContext, use, useSyncExternalStore } from 'react';
import type { Commands } from '../studio/commands.ts';
import type { StudioState } from '../studio/state.ts';
import type { StudioStore } from '../studio/store.ts';

export interface Studio {
  readonly store: StudioStore;
  readonly commands: Commands;
}

export const StudioContext = createContext<Studio | null>(null);

function useStudioContext(): Studio {
  const studio = use(StudioContext);
  if (studio === null) throw new Error('a component was rendered outside StudioContext');
  return studio;
}

/** @param select must return a value that stays the same while the state does */
export function useStudio<T>(select: (state: StudioState) => T): T {
  const { store } = useStudioContext();
  return useSyncExternalStore(store.subscribe, () => select(store.getState()));
}

export function useCommands(): Commands {
  return useStudioContext().commands;
}
