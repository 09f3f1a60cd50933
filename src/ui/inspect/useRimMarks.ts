/** Finds the rim of the scan in the viewport while rims are left out, and draws it pale. */

import { useEffect } from 'react';
import { COLOUR_TABLE_SIZE } from '../../core/colourMaps.ts';
import { rgb } from '../../viewer/rgb.ts';
import { useTheme } from '../theme.ts';
import { useActiveScan, useRim } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';

/** How much of the pale colour shows: the shape stays readable. */
const STRENGTH = 0.8;

/** Marks of 1 are pale, of 0 unmarked. @param css `#rrggbb` */
function rimPalette(css: string): Uint8Array<ArrayBuffer> {
  const palette = new Uint8Array(4 * COLOUR_TABLE_SIZE);
  rgb(css).forEach((channel, at) => {
    palette[4 + at] = Math.round(255 * channel);
  });
  palette[7] = Math.round(255 * STRENGTH);
  return palette;
}

/** Once per page, in Inspect mode. */
export function useRimMarks(): void {
  const viewer = useViewer();
  const cloud = useActiveScan()?.cloud ?? null;
  const on = useStudio((state) => state.boundary.on);
  const rim = useRim();
  const theme = useTheme();
  const { findBoundary } = useCommands();
  useEffect(() => {
    if (on && cloud !== null) void findBoundary();
  }, [on, cloud, findBoundary]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    if (cloud === null || rim === null) return;
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--view-pale');
    viewer.current?.setMarks({ marks: rim, palette: rimPalette(colour) });
    return () => viewer.current?.setMarks(null);
  }, [viewer, cloud, rim, theme]);
}
