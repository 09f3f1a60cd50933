/** The small legend in the corner of the viewport: what the colours mean, wherever one scrolls. */

import { COLOUR_MAPS } from '../../core/colourMaps.ts';
import {
  useActiveScan,
  useColourTable,
  useDisplayUnit,
  useHeatmapScale,
  useTrainingStage,
} from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';
import { cssStops } from './axis.ts';

export function ColourBar() {
  const scan = useActiveScan();
  const scored = useTrainingStage() !== null || scan?.analysis != null;
  const on = useStudio((state) => state.view.heatmap);
  const mapId = useStudio((state) => state.view.colourMap);
  const table = useColourTable();
  const { threshold, range } = useHeatmapScale();
  const unit = useDisplayUnit();
  if (!scored || !on) return null;
  const map = COLOUR_MAPS.find((known) => known.id === mapId)!;
  const width = range.high - range.low;
  const share = Math.min(1, Math.max(0, (threshold - range.low) / width));
  return (
    <figure className="colour-bar" style={{ '--stops': cssStops(table, map), '--share': share }}>
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
