/** Makes a 3D view in an element, tells the user when that fails, and keeps its look that of the page. */

import { useEffect } from 'react';
import type { Commands } from '../studio/commands.ts';
import type { ViewerEvents } from '../viewer/drawing.ts';
import { Viewer } from '../viewer/viewer.ts';
import { useTheme } from './theme.ts';
import { useStudio } from './useStudio.ts';
import type { ViewerRef } from './useViewer.ts';

/** @returns null where the browser cannot draw it */
export function makeViewer(
  host: HTMLElement,
  report: Commands['report'],
  onFrame: ViewerEvents['onFrame'],
): Viewer | null {
  try {
    return new Viewer(host, {
      onFrame,
      onContextLost: (lost) => {
        if (lost)
          report({
            tone: 'warning',
            title: 'The picture was lost',
            where: 'WebGL2',
            cause: 'The browser took the graphics context away.',
            next: 'It comes back by itself as soon as the browser gives it back; scores are not affected.',
            action: null,
          });
      },
    });
  } catch (error) {
    report({
      tone: 'error',
      title: 'Scans cannot be drawn here',
      where: 'WebGL2',
      cause: error instanceof Error ? error.message : String(error),
      next: 'Verdicts and numbers still work. Switch hardware acceleration on or use a current browser.',
      action: null,
    });
    return null;
  }
}

/** Theme, projection, shading and size of the points: the same in every view of the page. */
export function useViewerLook(viewer: ViewerRef): void {
  const { pointScale, shading, parallel } = useStudio((state) => state.view);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    // The layout effect of the theme has run: the style sheet's values are those of this theme.
    const style = getComputedStyle(document.documentElement);
    viewer.current?.setTheme({
      backgroundTop: style.getPropertyValue('--view-top'),
      backgroundBottom: style.getPropertyValue('--view-bottom'),
      neutral: style.getPropertyValue('--view-neutral'),
    });
  }, [viewer, theme]);
  useEffect(() => viewer.current?.setShading(shading), [viewer, shading]);
  useEffect(() => viewer.current?.setParallel(parallel), [viewer, parallel]);
  useEffect(() => viewer.current?.setPointScale(pointScale), [viewer, pointScale]);
}
