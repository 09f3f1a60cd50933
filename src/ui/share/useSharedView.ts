/** The view that would be shared: a small picture of it, kept up to date while one looks. */

import { useEffect, useState } from 'react';
import type { Viewer } from '../../viewer/viewer.ts';
import { useTheme } from '../theme.ts';
import { useActiveScan, useHeatmapScale } from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';

export const THUMBNAIL = { width: 288, height: 162 } as const;
/** How often the view is looked at, milliseconds. */
const EVERY = 500;

/** Rounded: the controls compute the same place anew for every picture, with other last digits. */
function poseText(viewer: Viewer | null): string {
  const pose = viewer?.pose() ?? null;
  if (pose === null) return '';
  return [...pose.position, ...pose.target].map((value) => value.toPrecision(5)).join();
}

/** @returns `data:` address of the picture, null without one */
export function useThumbnail(): string | null {
  const viewer = useViewer();
  const [picture, setPicture] = useState<string | null>(null);
  const analysis = useActiveScan()?.analysis ?? null;
  const scale = useHeatmapScale();
  const view = useStudio((state) => state.view);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: all of them change the picture
  useEffect(() => {
    let last = '';
    const look = () => {
      const pose = poseText(viewer.current);
      if (pose === last || document.hidden) return;
      last = pose;
      const taken = viewer.current?.thumbnail(2 * THUMBNAIL.width, 2 * THUMBNAIL.height) ?? null;
      setPicture(pose === '' ? null : taken);
    };
    look();
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }, [viewer, analysis, scale, view, theme]);
  return picture;
}
