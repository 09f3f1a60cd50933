/** Measuring over the 3D view: clicks take points of the scan, lines and values stand over it. */

import { useEffect, useRef } from 'react';
import { rowPlace } from '../../core/rowPlace.ts';
import type { Vec3 } from '../../core/types.ts';
import { MEASURE_POINTS, type Measurement } from '../../studio/viewToolState.ts';
import type { Viewer } from '../../viewer/viewer.ts';
import { useKeyActions } from '../keyActions.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { measuredValue } from './measured.ts';
import { usePointPick } from './usePointPick.ts';

export function MeasureOverlay() {
  const measuring = useStudio((state) => state.viewTools.measuring);
  const { setMeasuring } = useCommands();
  useKeyActions({ measure: () => setMeasuring(measuring === null ? 'distance' : null) });
  return (
    <>
      {measuring !== null && <Picking />}
      <Lines />
    </>
  );
}

/** Takes points while it is on screen. */
function Picking() {
  const cloud = useActiveScan()?.cloud ?? null;
  const measuring = useStudio((state) => state.viewTools.measuring);
  const begun = useStudio((state) => state.viewTools.begun);
  const { addMeasurePoint, dropBegunMeasurement, setMeasuring } = useCommands();
  const pointOf = (row: number): Vec3 | null => (cloud === null ? null : rowPlace(cloud.positions, row));
  const { candidate, takeMiddle } = usePointPick((row) => {
    const point = pointOf(row);
    if (point !== null) addMeasurePoint(point);
  });
  useKeyActions({
    'measure-middle': takeMiddle,
    close: () => {
      if (!dropBegunMeasurement()) setMeasuring(null);
    },
  });
  if (measuring === null) return null;
  const taken = begun !== null && begun.cloudId === cloud?.id ? begun.points : [];
  const under = candidate === null ? null : pointOf(candidate);
  const points = under === null ? taken : [...taken, under];
  const left = MEASURE_POINTS[measuring] - taken.length;
  return (
    <>
      <DrawnMeasures
        measures={points.length === 0 ? [] : [{ id: -1, cloudId: '', kind: measuring, points }]}
        className="measures begun"
      />
      <p className="tool-hint measure-hint" role="status">
        {left === MEASURE_POINTS[measuring]
          ? `Measure ${measuring === 'distance' ? 'a distance' : 'an angle'}: click ${left} points, or Enter for the middle; Esc ends`
          : `${left} more ${left === 1 ? 'point' : 'points'}; Esc drops`}
      </p>
    </>
  );
}

function Lines() {
  const cloudId = useActiveScan()?.cloud?.id;
  const measurements = useStudio((state) => state.viewTools.measurements);
  const here = measurements.filter((measurement) => measurement.cloudId === cloudId);
  return here.length === 0 ? null : <DrawnMeasures measures={here} className="measures" />;
}

interface DrawnProps {
  readonly measures: readonly Measurement[];
  readonly className: string;
}

function DrawnMeasures({ measures, className }: DrawnProps) {
  const viewer = useViewer();
  const unit = useActiveScan()?.unit ?? 'file';
  const layer = useRef<SVGSVGElement>(null);
  useEffect(() => {
    const place = () => {
      measures.forEach(({ points }, at) => {
        const group = layer.current?.children[at];
        if (group !== undefined && viewer.current !== null) placeMeasure(group, points, viewer.current);
      });
    };
    place();
    return viewer.current?.onDraw(place);
  }, [viewer, measures]);
  return (
    <svg className={className} ref={layer} aria-hidden="true">
      {measures.map((measure) => (
        <g key={measure.id}>
          <polyline className="measure-edge" />
          <polyline />
          {measure.points.map((_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a point may be taken twice
            <circle key={at} r={3.5} />
          ))}
          <text>{measuredValue(measure, unit)}</text>
        </g>
      ))}
    </svg>
  );
}

/** Where the value of a measurement stands: beside its middle, at an angle's corner. */
export function labelPlace(places: readonly (readonly [number, number])[]): readonly [number, number] {
  const [a, b] = [places[0]!, places[1] ?? places[0]!];
  if (places.length === 3) return [b[0], b[1] - 12];
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2 - 10];
}

function placeMeasure(group: Element, points: readonly Vec3[], viewer: Viewer): void {
  const places = points.map((point) => viewer.toScreen(point));
  const seen = places.filter((place) => place !== null);
  group.classList.toggle('out-of-view', seen.length < points.length);
  if (seen.length < points.length) return;
  const line = seen.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  for (const polyline of group.querySelectorAll('polyline')) polyline.setAttribute('points', line);
  group.querySelectorAll('circle').forEach((circle, at) => {
    circle.setAttribute('cx', seen[at]![0].toFixed(1));
    circle.setAttribute('cy', seen[at]![1].toFixed(1));
  });
  const [x, y] = labelPlace(seen);
  const text = group.querySelector('text');
  text?.setAttribute('x', x.toFixed(1));
  text?.setAttribute('y', y.toFixed(1));
}
