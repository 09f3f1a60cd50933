/** The second scan beside the one in the viewport: same camera, same colours, the name and verdict of each. */

import { useEffect, useMemo, useRef } from 'react';
import { signedColourTable } from '../../core/colourMaps.ts';
import { IN_TOLERANCE, toleranceColours } from '../../core/toleranceColours.ts';
import { poseBeside, poseToCome, scanBeside } from '../../studio/compareState.ts';
import { displayUnit } from '../../studio/displayUnit.ts';
import { isMetrology, type Scan } from '../../studio/state.ts';
import { VERDICT_TEXT } from '../../studio/verdictWords.ts';
import { cuttingPlanes } from '../../studio/viewToolState.ts';
import { type BesideKind, placeBeside, planeBefore } from '../../viewer/placement.ts';
import { boundsOf } from '../../viewer/spacing.ts';
import type { Viewer } from '../../viewer/viewer.ts';
import { useKeyActions } from '../keyActions.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useActiveScan, useHeatmapScale, useScoreTable } from '../useHeatmap.ts';
import { useInsets } from '../useInsets.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { useBox } from '../view/useBox.ts';
import { makeViewer, useViewerLook } from '../viewerLife.ts';

const KIND_WORDS: Readonly<Record<BesideKind, string>> = {
  laid: 'laid on the other',
  'in-place': 'coordinates as scanned',
  middles: 'as scanned, middle on middle',
  'own-size': 'not to the same scale',
};

export function BesideView() {
  const first = useActiveScan();
  const second = useStudio(scanBeside);
  const { toggleCompare } = useCommands();
  useKeyActions({ compare: toggleCompare });
  if (first === null || second === null) return null;
  return <Beside first={first} second={second} />;
}

interface Pair {
  readonly first: Scan;
  readonly second: Scan;
}

function Beside({ first, second }: Pair) {
  const host = useRef<HTMLDivElement>(null);
  const viewer = useRef<Viewer | null>(null);
  const { compareWith, swapCompared, closeTopmost, report } = useCommands();
  const main = useViewer();
  useEffect(() => {
    const made = host.current === null ? null : makeViewer(host.current, report, () => undefined);
    viewer.current = made;
    const unlink = made === null ? undefined : main.current?.linkCamera(made);
    const widen = main.current?.makeRoom();
    return () => {
      unlink?.();
      widen?.();
      made?.dispose();
      viewer.current = null;
    };
  }, [main, report]);
  useViewerLook(viewer);
  useInsets(viewer, 'second');
  const kind = useSecondScan(viewer, first, second);
  useKeyActions({
    close: () => {
      if (!closeTopmost()) compareWith(null);
    },
  });
  return (
    <>
      <div
        ref={host}
        className="canvas-host canvas-beside"
        role="img"
        aria-label={`3D view of ${second.name}`}
      />
      <Plate scan={first} side="first" note={null} />
      <Plate scan={second} side="second" note={kind === null ? null : KIND_WORDS[kind]} />
      <div className="beside-tools" role="toolbar" aria-label="Comparison">
        <IconButton icon="swap" label="Change sides" onClick={swapCompared} />
        <IconButton icon="close" label="End the comparison" keys="D" onClick={() => compareWith(null)} />
      </div>
    </>
  );
}

/** Cloud, scores, colours and cuts of the second view. @returns how it lies beside the first */
function useSecondScan(viewer: React.RefObject<Viewer | null>, first: Scan, second: Scan): BesideKind | null {
  const pose = useMemo(() => poseBeside(first, second), [first, second]);
  const early = poseToCome(first, second);
  const placed = useMemo(() => {
    const [a, b] = [first.cloud, second.cloud];
    if (early || a === null || b === null || a.positions.length === 0 || b.positions.length === 0)
      return null;
    return placeBeside(boundsOf(a.positions), boundsOf(b.positions), pose);
  }, [first.cloud, second.cloud, pose, early]);
  const placement = placed?.placement ?? null;
  const signed = useSignedBeside(second);
  const score = signed ?? second.analysis?.map.score ?? null;
  useEffect(() => viewer.current?.setUp(first.up), [viewer, first.up]);
  useEffect(() => {
    viewer.current?.setCloud(placement === null ? null : second.cloud, placement);
    viewer.current?.setScore(score);
  }, [viewer, second.cloud, placement, score]);

  const { heatmap } = useStudio((state) => state.view);
  const { threshold, range } = useHeatmapScale();
  const scores = useScoreTable();
  const bands = useStudio(isMetrology) && signed !== null;
  const share = threshold / range.high;
  const table = useMemo(() => {
    if (signed === null) return scores;
    return bands ? toleranceColours(share).table : signedColourTable();
  }, [signed, scores, bands, share]);
  const low = signed === null ? range.low : -range.high;
  // The same colours for the same lengths, also where the two were not scored in one model unit.
  const factor = first.unit === second.unit ? (first.radius ?? 1) / (second.radius ?? 1) : 1;
  useEffect(
    () =>
      viewer.current?.setHeatmap({
        on: heatmap,
        table,
        low: low * factor,
        high: range.high * factor,
        threshold: threshold * factor,
        inside: bands ? IN_TOLERANCE : undefined,
      }),
    [viewer, heatmap, table, low, range.high, threshold, factor, bands],
  );

  const box = useBox();
  const sections = useStudio((state) => state.viewTools.sections);
  useEffect(() => {
    const comparable = placed !== null && placed.kind !== 'own-size' && box !== null;
    const planes = comparable ? cuttingPlanes(sections, box) : [];
    viewer.current?.setSections(planes.map((plane) => planeBefore(placed!.placement.pose, plane)));
  }, [viewer, placed, box, sections]);
  return placed?.kind ?? null;
}

/** [N] its offsets along the normal while colours tell bulges from dents; null = colours show scores. */
function useSignedBeside({ id, analysis }: Scan): Float32Array | null {
  const wanted = useStudio(({ view }) => view.signed || view.metrology);
  const known = useStudio(({ regions }) => regions.besideSigned);
  const { signBeside } = useCommands();
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked anew when the scan or its result changes
  useEffect(() => {
    if (wanted && analysis !== null) void signBeside();
  }, [wanted, id, analysis, signBeside]);
  const points = analysis?.map.score.length;
  return wanted && known?.scanId === id && known.signed.length === points ? known.signed : null;
}

interface PlateProps {
  readonly scan: Scan;
  readonly side: 'first' | 'second';
  readonly note: string | null;
}

function Plate({ scan, side, note }: PlateProps) {
  const { status, summary } = scan;
  const unit = useMemo(() => displayUnit(scan.radius, scan.unit), [scan.radius, scan.unit]);
  const score = summary === null ? null : unit.format(summary.objectScore);
  return (
    <section className={`plate plate-${side}`} aria-label={side === 'first' ? 'First scan' : 'Second scan'}>
      <h2 className="ellipsis" title={scan.name}>
        {scan.name}
      </h2>
      <p className="ellipsis">
        {summary === null ? (
          <span className="dim">
            {status.kind === 'failed' ? status.error.message : WAITING[status.kind]}
          </span>
        ) : (
          <>
            <b className={`tag tag-${summary.verdict}`}>{VERDICT_TEXT[summary.verdict]}</b> · score {score}
          </>
        )}
        {note !== null && <span className="dim"> · {note}</span>}
      </p>
    </section>
  );
}

const WAITING = {
  waiting: 'waiting …',
  working: 'scoring …',
  shown: 'not scored',
  scored: 'scored',
  released: 'waiting …',
  cancelled: 'cancelled',
} as const;
