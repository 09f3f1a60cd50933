/** Measuring: what clicks measure, and what was measured on this scan. */

import { formatCount, unitSymbol } from '../../studio/units.ts';
import { MEASURE_KINDS, type MeasureKind } from '../../studio/viewToolState.ts';
import { FoldSection } from '../inspect/FoldSection.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { measuredParts, measuredValue } from './measured.ts';

const NAMES: Readonly<Record<MeasureKind, string>> = { distance: 'Distance', angle: 'Angle' };

export function MeasurePanel() {
  const scan = useActiveScan();
  const measuring = useStudio((state) => state.viewTools.measuring);
  const measurements = useStudio((state) => state.viewTools.measurements);
  const { setMeasuring, removeMeasurement } = useCommands();
  const here = measurements.filter((measurement) => measurement.cloudId === scan?.cloud?.id);
  const unit = scan?.unit ?? 'file';
  return (
    <FoldSection
      title="Measure"
      folded={measuring === null && here.length === 0}
      action={
        <span className="row">
          {MEASURE_KINDS.map((kind) => (
            <button
              key={kind}
              type="button"
              className="button button-small"
              aria-pressed={kind === measuring}
              disabled={scan?.cloud == null}
              title={kind === 'distance' ? 'Measure a distance (M)' : 'Measure an angle'}
              onClick={() => setMeasuring(kind === measuring ? null : kind)}
            >
              {NAMES[kind]}
            </button>
          ))}
        </span>
      }
    >
      {here.length === 0 ? (
        <p className="note">Nothing measured yet. Points are taken from the scan itself.</p>
      ) : (
        <ol className="measure-list" aria-label={`${formatCount(here.length)} measured`}>
          {here.map((measurement, at) => (
            <li key={measurement.id}>
              <b>{measuredValue(measurement, unit)}</b>
              <span className="dim">
                {measuredParts(measurement)
                  .map(([name, value]) => `${name} ${value}`)
                  .join(', ')}{' '}
                {unitSymbol(unit)}
              </span>
              <IconButton
                icon="delete"
                label={`Delete measurement ${at + 1}`}
                onClick={() => removeMeasurement(measurement.id)}
              />
            </li>
          ))}
        </ol>
      )}
    </FoldSection>
  );
}
