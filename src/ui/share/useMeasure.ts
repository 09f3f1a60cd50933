/** Keeps the size of what would leave up to date. */

import { useEffect } from 'react';
import { useActiveScan, useHeatmapScale } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';

/** A slider that is being dragged is waited for, milliseconds. */
const PAUSE = 300;

export function useMeasure(): void {
  const viewer = useViewer();
  const { measureShare } = useCommands();
  const analysis = useActiveScan()?.analysis ?? null;
  const { threshold } = useHeatmapScale();
  const server = useStudio((state) => state.share.server);
  const { way, linkLength, offsets, labels, exact, password } = useStudio((state) => state.share.options);
  const cloudId = useActiveScan()?.cloud?.id ?? null;
  const labelSet = useStudio((state) =>
    cloudId === null ? undefined : state.labels.scans.get(cloudId)?.set,
  );
  const sealed = password !== '';
  // biome-ignore lint/correctness/useExhaustiveDependencies: all of them change what would leave
  useEffect(() => {
    const timer = setTimeout(() => void measureShare(viewer.current?.pose() ?? null), PAUSE);
    return () => clearTimeout(timer);
  }, [
    viewer,
    measureShare,
    analysis,
    threshold,
    server,
    way,
    linkLength,
    offsets,
    labels,
    labelSet,
    exact,
    sealed,
  ]);
}
