/** Chooses the scan that is shown beside the one in the viewport. */

import { useId } from 'react';
import { goodScanOf, sameSource, scanBeside } from '../../studio/compareState.ts';
import type { StudioState } from '../../studio/state.ts';
import { Icon } from '../parts/Icon.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

/** Value of the list for the good scan while it is not open. */
const GOOD = 'good';

/** Name of the good scan, unless it is open already and stands in the list like any other. */
function unopenedGood(state: StudioState): string | null {
  const good = goodScanOf(state);
  if (good === null || state.scans.some(({ origin }) => sameSource(good.origin, origin))) return null;
  return good.name;
}

export function ComparePanel() {
  const id = useId();
  const scan = useActiveScan();
  const scans = useStudio((state) => state.scans);
  const beside = useStudio(scanBeside);
  const good = useStudio(unopenedGood);
  const hasGood = useStudio((state) => goodScanOf(state) !== null);
  const { compareWith, compareWithGood, swapCompared } = useCommands();
  if (scan === null) return null;
  const others = scans.filter((other) => other.id !== scan.id);
  return (
    <FoldSection title="Compare">
      <div className="field">
        <label htmlFor={id}>Beside it</label>
        <select
          id={id}
          value={beside?.id ?? ''}
          onChange={({ currentTarget: { value } }) => {
            if (value === GOOD) compareWithGood();
            else compareWith(value === '' ? null : value);
          }}
        >
          <option value="">nothing</option>
          {good !== null && <option value={GOOD}>its good scan, {good}</option>}
          {others.map((other) => (
            <option key={other.id} value={other.id}>
              {other.name}
            </option>
          ))}
        </select>
      </div>
      {others.length === 0 && good === null && (
        <p className="note">Open a second scan or give a good one: both are shown with one camera.</p>
      )}
      <div className="row row-wrap">
        {beside === null && hasGood && (
          <button type="button" className="button button-small" onClick={compareWithGood}>
            <Icon name="beside" />
            Beside its good scan
          </button>
        )}
        {beside !== null && (
          <>
            <button type="button" className="button button-small" onClick={swapCompared}>
              <Icon name="swap" />
              Change sides
            </button>
            <button type="button" className="button button-small" onClick={() => compareWith(null)}>
              <Icon name="close" />
              End
            </button>
          </>
        )}
      </div>
    </FoldSection>
  );
}
