/** What the offsets give for free: the part as it should be, and arrows to where it is. */

import { useId } from 'react';
import { formatPercent } from '../../studio/units.ts';
import { Switch } from '../parts/Switch.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function RestorePanel() {
  const id = useId();
  const { restore, arrows } = useStudio((state) => state.regions);
  const scored = useActiveScan()?.analysis != null;
  const { setRestore, toggleArrows } = useCommands();
  return (
    <FoldSection title="Restore">
      <label className="slider-row" htmlFor={id}>
        <span>As it should be</span>
        <span className="dim">{restore === 0 ? 'as scanned' : formatPercent(restore)}</span>
        <input
          id={id}
          type="range"
          min={0}
          max={1}
          step={0.01}
          value={restore}
          disabled={!scored}
          aria-valuetext={restore === 0 ? 'as scanned' : formatPercent(restore)}
          onChange={(event) => setRestore(event.currentTarget.valueAsNumber)}
        />
      </label>
      <Switch label="Arrows of the offsets" keys="A" on={arrows} onChange={toggleArrows} />
      <p className="note">
        Moves every point back to where it would be on a good part; arrows lead from there to where it is.
      </p>
    </FoldSection>
  );
}
