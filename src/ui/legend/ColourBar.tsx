/** The small legend in the corner of the viewport: what the colours mean, wherever one scrolls. */

import {
  useActiveScan,
  useColourMapShape,
  useColourTable,
  useDisplayUnit,
  useHeatmapScale,
  useSignedOffsets,
  useToleranceColours,
  useTrainingStage,
} from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';
import { cssStops } from './axis.ts';

export function ColourBar() {
  const scan = useActiveScan();
  const scored = useTrainingStage() !== null || scan?.analysis != null;
  const on = useStudio((state) => state.view.heatmap);
  const map = useColourMapShape();
  const signed = useSignedOffsets() !== null;
  const bands = useToleranceColours() !== null;
  const table = useColourTable();
  const { threshold, range } = useHeatmapScale();
  const unit = useDisplayUnit();
  if (!scored || !on) return null;
  const stops = cssStops(table, map);
  if (signed)
    return (
      <figure
        className={`colour-bar colour-bar-signed ${bands ? 'in-tolerance' : ''}`}
        style={{ '--stops': stops, '--share': Math.min(1, threshold / range.high) }}
      >
        <figcaption>{bands ? 'Deviation along the normal' : 'Offset along the surface’s normal'}</figcaption>
        <div className="colour-bar-strip" aria-hidden="true">
          <div className="colour-bar-good" />
        </div>
        <ul>
          <li className="colour-bar-high">+ bulge ≥ {unit.format(range.high)}</li>
          <li className="colour-bar-threshold">± {unit.format(threshold)}</li>
          <li className="colour-bar-low">− dent ≤ −{unit.format(range.high)}</li>
        </ul>
      </figure>
    );
  const share = Math.min(1, Math.max(0, (threshold - range.low) / (range.high - range.low)));
  return (
    <figure className="colour-bar" style={{ '--stops': stops, '--share': share }}>
      <figcaption>
        Distance from <br />a good part
      </figcaption>
      <div className="colour-bar-strip" aria-hidden="true">
        <div className="colour-bar-good" />
      </div>
      <ul>
        <li className="colour-bar-high">≥ {unit.format(range.high)}</li>
        <li className="colour-bar-threshold">{unit.format(threshold)}</li>
        <li className="colour-bar-low">{unit.format(range.low)}</li>
      </ul>
    </figure>
  );
}
