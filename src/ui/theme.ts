/** Themes: the user's choice, or what the system asks for. Colours live in styles/tokens.css. */

import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { ThemeChoice } from '../studio/state.ts';
import { useStudio } from './useStudio.ts';

export type Theme = Exclude<ThemeChoice, 'system'>;

export const THEME_CHOICES: readonly { readonly id: ThemeChoice; readonly label: string }[] = [
  { id: 'system', label: 'As the system' },
  { id: 'dark', label: 'Dark' },
  { id: 'light', label: 'Light' },
  { id: 'report', label: 'White report' },
];

function subscribeToSystem(onChange: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', onChange);
  return () => query.removeEventListener('change', onChange);
}

export function useTheme(): Theme {
  const choice = useStudio((state) => state.theme);
  const systemDark = useSyncExternalStore(
    subscribeToSystem,
    () => matchMedia('(prefers-color-scheme: dark)').matches,
  );
  if (choice !== 'system') return choice;
  return systemDark ? 'dark' : 'light';
}

/** Puts the theme on the document. A layout effect: the viewer's own effects read the colours after it. */
export function useThemeOnDocument(): void {
  const theme = useTheme();
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
