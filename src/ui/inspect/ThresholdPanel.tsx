/** The threshold as slider and number. The heatmap and the count follow at once. */

import { useId } from 'react';
import { thresholdOrigin } from '../../studio/heatmapScale.ts';
import { formatModelLength, MODEL_UNIT } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { NumberField } from '../parts/NumberField.tsx';
import { useDisplayUnit, useHeatmapScale } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function ThresholdPanel() {
  const id = useId();
  const scale = useHeatmapScale();
  const unit = useDisplayUnit();
  const own = useStudio((state) => state.view.threshold !== null);
  const { setThreshold } = useCommands();
  return (
    <FoldSection
      title="Threshold"
      action={
        <IconButton
          icon="reset"
          label="Use the model’s threshold"
          disabled={!own}
          onClick={() => setThreshold(null)}
        />
      }
    >
      <label className="visually-hidden" htmlFor={id}>
        Threshold
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
          label="Points count as defect above"
          value={scale.threshold * unit.perModelUnit}
          unit={unit.symbol}
          onCommit={(value) => setThreshold(value / unit.perModelUnit)}
        />
      </div>
      <p className="note">
        {unit.symbol !== MODEL_UNIT && `${formatModelLength(scale.threshold)} · `}
        {thresholdOrigin(own, scale)}
      </p>
    </FoldSection>
  );
}
