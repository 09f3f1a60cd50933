/** Saves the view as a PNG file, with what the user wants written over it. */

import { IN_TOLERANCE } from '../../core/toleranceColours.ts';
import { scanBeside } from '../../studio/compareState.ts';
import { TOLERANCE_TEXT, type ToleranceVerdict } from '../../studio/deviations.ts';
import { saveFile } from '../../studio/saveFile.ts';
import type { Scan, Verdict } from '../../studio/state.ts';
import { VERDICT_TEXT } from '../../studio/verdictWords.ts';
import type { PictureOptions } from '../../studio/viewToolState.ts';
import type { Viewer } from '../../viewer/viewer.ts';
import {
  useActiveScan,
  useColourTable,
  useDisplayUnit,
  useHeatmapScale,
  useSignedOffsets,
  useToleranceColours,
} from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useToleranceVerdict } from '../useToleranceVerdict.ts';
import { useViewer } from '../useViewer.ts';
import { labelPlace } from './MeasureOverlay.tsx';
import { measuredValue } from './measured.ts';
import {
  type Ink,
  PAPER_INK,
  PAPER_VIEW,
  type PictureLegend,
  type PictureMeasure,
  writeOver,
} from './picture.ts';

/** Colours of verdicts on white paper. */
const PAPER_VERDICTS: Readonly<Record<Verdict, string>> = {
  ok: '#00572c',
  'not-ok': '#a3130b',
  uncalibrated: '#4a4a4a',
  'not-aligned': '#4a4a4a',
};

/** @returns saves it; does nothing while no scan is shown */
export function usePicture(): () => void {
  const viewer = useViewer();
  const scan = useActiveScan();
  const second = useStudio(scanBeside);
  const options = useStudio((state) => state.viewTools.picture);
  const legend = useLegend();
  const measures = useMeasures();
  const tolerance = useToleranceVerdict();
  const { report } = useCommands();
  return () => {
    if (viewer.current === null || scan?.cloud == null) return;
    const measured = measures(viewer.current);
    const said = tolerance === null ? scoredVerdict(scan) : measuredVerdict(tolerance);
    const first = written(viewer.current, scan, said, options, options.legend ? legend : null, measured);
    const { companion } = viewer.current;
    // Only the first one is held against the tolerance.
    const besideSaid = second === null || tolerance !== null ? NOTHING_SAID : scoredVerdict(second);
    const canvas =
      second === null || companion === null
        ? first
        : sideBySide(first, written(companion, second, besideSaid, options, null, []));
    const beside = second === null ? '' : `_beside_${stem(second)}`;
    const name = `${stem(scan)}${beside}_view.png`;
    canvas.toBlob((blob) => {
      if (blob !== null) saveFile(name, blob, 'image/png');
      else
        report({
          tone: 'error',
          title: 'The picture could not be saved',
          where: name,
          cause: 'The browser could not encode it.',
          next: 'Try the smaller size.',
          action: null,
        });
    }, 'image/png');
  };
}

/** A verdict in its words, and the one whose colour it has. */
interface Said {
  readonly verdict: Verdict | null;
  readonly text: string | null;
}

const NOTHING_SAID: Said = { verdict: null, text: null };

function scoredVerdict({ analysis, summary }: Scan): Said {
  if (analysis === null) return NOTHING_SAID;
  const verdict = summary?.verdict ?? analysis.verdict;
  return { verdict, text: VERDICT_TEXT[verdict] };
}

function measuredVerdict(verdict: ToleranceVerdict): Said {
  return { verdict: verdict === 'in' ? 'ok' : 'not-ok', text: TOLERANCE_TEXT[verdict] };
}

function stem({ name }: Scan): string {
  return name.replace(/\.[^.]*$/, '');
}

/** One view as a picture, with what is to be read on it. */
function written(
  viewer: Viewer,
  { name }: Scan,
  { verdict, text }: Said,
  options: PictureOptions,
  legend: PictureLegend | null,
  measures: readonly PictureMeasure[],
): HTMLCanvasElement {
  const canvas = viewer.picture(options.size, options.white ? PAPER_VIEW : null);
  const caption = options.caption ? { name, verdict: text } : null;
  writeOver(canvas, options.size, { caption, legend, measures }, inkOf(options, verdict));
  return canvas;
}

function sideBySide(left: HTMLCanvasElement, right: HTMLCanvasElement): HTMLCanvasElement {
  const both = document.createElement('canvas');
  both.width = left.width + right.width;
  both.height = Math.max(left.height, right.height);
  const context = both.getContext('2d');
  context?.drawImage(left, 0, 0);
  context?.drawImage(right, left.width, 0);
  return both;
}

function inkOf({ white }: PictureOptions, verdict: Verdict | null): Ink {
  if (white) return { ...PAPER_INK, verdict: PAPER_VERDICTS[verdict ?? 'uncalibrated'] };
  const style = getComputedStyle(document.documentElement);
  const token = (name: string) => style.getPropertyValue(`--${name}`);
  return {
    text: token('text'),
    edge: token('surface'),
    accent: token('accent'),
    verdict: token(verdict === 'ok' ? 'ok' : verdict === 'not-ok' ? 'bad' : 'dim'),
    neutral: token('view-neutral'),
  };
}

function useLegend(): PictureLegend | null {
  const scored = useActiveScan()?.analysis != null;
  const on = useStudio((state) => state.view.heatmap);
  const table = useColourTable();
  const { threshold, range } = useHeatmapScale();
  const unit = useDisplayUnit();
  const signed = useSignedOffsets() !== null;
  const bands = useToleranceColours() !== null;
  if (!scored || !on) return null;
  if (signed) {
    const part = Math.min(1, threshold / range.high) / 2;
    return {
      title: bands ? 'Deviation along the normal' : 'Offset along the normal',
      ...(bands ? { inside: IN_TOLERANCE } : {}),
      table,
      good: [0.5 - part, 0.5 + part],
      high: `+ bulge ≥ ${unit.format(range.high)}`,
      threshold: `± ${unit.format(threshold)}`,
      low: `− dent ≤ −${unit.format(range.high)}`,
    };
  }
  return {
    title: 'Distance from a good part',
    table,
    good: [0, Math.min(1, Math.max(0, (threshold - range.low) / (range.high - range.low)))],
    high: `≥ ${unit.format(range.high)}`,
    threshold: unit.format(threshold),
    low: unit.format(range.low),
  };
}

/** Those of the scan that lie in the view. */
function useMeasures(): (viewer: Viewer) => PictureMeasure[] {
  const scan = useActiveScan();
  const measurements = useStudio((state) => state.viewTools.measurements);
  const unit = scan?.unit ?? 'file';
  return (viewer) =>
    measurements.flatMap((measurement) => {
      if (measurement.cloudId !== scan?.cloud?.id) return [];
      const places = measurement.points
        .map((point) => viewer.toScreen(point))
        .filter((place) => place !== null);
      if (places.length < measurement.points.length) return [];
      return [{ places, label: measuredValue(measurement, unit) ?? '', labelAt: labelPlace(places) }];
    });
}
