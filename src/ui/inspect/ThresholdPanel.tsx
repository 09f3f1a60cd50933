/** The threshold as slider and number. The heatmap and the count follow at once. */

import { useId } from 'react';
import { thresholdOrigin } from '../../studio/heatmapScale.ts';
import { isMetrology } from '../../studio/state.ts';
import { formatModelLength, MODEL_UNIT } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { NumberField } from '../parts/NumberField.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useDisplayUnit, useHeatmapScale } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';
import { RimSwitch } from './RimSwitch.tsx';

export function ThresholdPanel() {
  const id = useId();
  const scale = useHeatmapScale();
  const unit = useDisplayUnit();
  const metrology = useStudio(isMetrology);
  const own = useStudio(({ view }) => (metrology ? view.tolerance : view.threshold) !== null);
  const { setThreshold, toggleMetrology } = useCommands();
  const name = metrology ? 'Tolerance' : 'Threshold';
  return (
    <FoldSection
      title="Threshold"
      action={
        <IconButton
          icon="reset"
          label={metrology ? 'Use the model’s threshold as tolerance' : 'Use the model’s threshold'}
          disabled={!own}
          onClick={() => setThreshold(null)}
        />
      }
    >
      <label className="visually-hidden" htmlFor={id}>
        {name}
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={scale.axisMax}
        step={scale.axisMax / 1000}
        value={scale.threshold}
        aria-valuetext={unit.format(scale.threshold)}
        onChange={(event) => setThreshold(event.currentTarget.valueAsNumber)}
      />
      <div className="row">
        <NumberField
          label={metrology ? 'Tolerance, plus and minus' : 'Points count as defect above'}
          value={scale.threshold * unit.perModelUnit}
          unit={unit.symbol}
          onCommit={(value) => setThreshold(value / unit.perModelUnit)}
        />
      </div>
      <p className="note">
        {unit.symbol !== MODEL_UNIT && `${formatModelLength(scale.threshold)} · `}
        {metrology && !own ? 'the threshold of what judges' : thresholdOrigin(own, scale)}
      </p>
      <RimSwitch />
      <Switch label="Metrology" keys="Shift+T" on={metrology} onChange={toggleMetrology} />
      {metrology && (
        <p className="note">
          Green: within the tolerance. Yellow to red: above it, + too much material. Cyan to blue: below it, −
          too little. Green and yellow are hard to tell apart for some; the bands are named in the legend.
        </p>
      )}
    </FoldSection>
  );
}
