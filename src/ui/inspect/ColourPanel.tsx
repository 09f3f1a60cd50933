/** How the scan is drawn: colour map, range of the colours, point size, shading. */

import { useId } from 'react';
import { COLOUR_MAPS, isColourMapId } from '../../core/colourMaps.ts';
import { cssStops } from '../legend/axis.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { NumberField } from '../parts/NumberField.tsx';
import { Switch } from '../parts/Switch.tsx';
import {
  useColourMapShape,
  useColourTable,
  useDisplayUnit,
  useHeatmapScale,
  useSignedOffsets,
} from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function ColourPanel() {
  const { toggleHeatmap, toggleSigned, setShading } = useCommands();
  const { heatmap, signed } = useStudio((state) => state.view);
  const shading = useStudio((state) => state.view.shading);
  return (
    <FoldSection title="Colours and points" folded>
      <Switch label="Heatmap" keys="Tab" on={heatmap} onChange={toggleHeatmap} />
      <Switch label="Bulges and dents apart" keys="Shift+C" on={signed} onChange={toggleSigned} />
      {signed && (
        <p className="note">
          Red: + bulge, material beyond the good surface. Blue: − dent, material that is missing. What only
          moved along the surface stays grey.
        </p>
      )}
      <ColourMapChoice />
      <RangeFields />
      <PointSize />
      <Switch label="Surface shading" on={shading} onChange={() => setShading(!shading)} />
    </FoldSection>
  );
}

function ColourMapChoice() {
  const id = useId();
  const mapId = useStudio((state) => state.view.colourMap);
  const { setColourMap } = useCommands();
  const table = useColourTable();
  const map = useColourMapShape();
  const signed = useSignedOffsets() !== null;
  return (
    <div className="field">
      <label htmlFor={id}>Colour map</label>
      <select
        id={id}
        value={mapId}
        disabled={signed}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (isColourMapId(value)) setColourMap(value);
        }}
      >
        {COLOUR_MAPS.map((known) => (
          <option key={known.id} value={known.id}>
            {known.label}
            {known.colourBlindSafe ? '' : ' (not colour-blind safe)'}
          </option>
        ))}
      </select>
      <div
        className="map-preview"
        aria-hidden="true"
        style={{ backgroundImage: `linear-gradient(to right, ${cssStops(table, map)})` }}
      />
    </div>
  );
}

function RangeFields() {
  const { range } = useHeatmapScale();
  const unit = useDisplayUnit();
  const own = useStudio((state) => state.view.range !== null);
  const { setRange } = useCommands();
  return (
    <div className="row range-row">
      <NumberField
        label="From"
        value={range.low * unit.perModelUnit}
        unit={unit.symbol}
        onCommit={(value) => setRange({ ...range, low: value / unit.perModelUnit })}
      />
      <NumberField
        label="To"
        value={range.high * unit.perModelUnit}
        unit={unit.symbol}
        onCommit={(value) => setRange({ ...range, high: value / unit.perModelUnit })}
      />
      <IconButton icon="reset" label="Use the model’s range" disabled={!own} onClick={() => setRange(null)} />
    </div>
  );
}

function PointSize() {
  const id = useId();
  const scale = useStudio((state) => state.view.pointScale);
  const { setPointScale } = useCommands();
  const text = `${Math.round(scale * 100)}\u00a0%`;
  return (
    <div className="field">
      <label htmlFor={id}>
        Point size <span className="value">{text}</span>
      </label>
      {/* Equal steps of the logarithm: a quarter, half, normal, double, four times the size. */}
      <input
        id={id}
        type="range"
        min={-2}
        max={2}
        step={0.1}
        value={Math.log2(scale)}
        aria-valuetext={text}
        onChange={(event) => setPointScale(2 ** event.currentTarget.valueAsNumber)}
      />
    </div>
  );
}
