/** The question that a file leaves open, asked once and never in the way: its unit, and which axis points up. */

import { useId, useMemo } from 'react';
import { sizeOf } from '../../core/boundingSize.ts';
import type { UpAxis } from '../../core/upAxis.ts';
import { axisName, placingScope } from '../../studio/placing.ts';
import type { Scan } from '../../studio/state.ts';
import { formatSignificant, type LengthUnit, unitSymbol } from '../../studio/units.ts';
import { useActiveScan, useTrainingStage } from '../useHeatmap.ts';
import { useCommands } from '../useStudio.ts';

/** What nearly every file is in; the others are under Scan. */
const UNITS: readonly (readonly [LengthUnit, string])[] = [
  ['mm', 'mm'],
  ['cm', 'cm'],
  ['m', 'm'],
  ['in', 'inch'],
  ['file', 'unknown'],
];
const AXES: readonly UpAxis[] = ['+z', '+y'];

export function PlacingChip() {
  const scan = useActiveScan();
  const staged = useTrainingStage() !== null;
  if (staged || scan === null || scan.cloud === null || !scan.unplaced) return null;
  return <Question scan={scan} positions={scan.cloud.positions} />;
}

function Question({ scan, positions }: { readonly scan: Scan; readonly positions: Float32Array }) {
  const { placeScan, tryPlacing } = useCommands();
  const size = useMemo(() => sizeOf(positions), [positions]);
  if (scan.origin.kind !== 'file') return null;
  const edges = size?.map((edge) => formatSignificant(edge)).join(' × ') ?? '';
  return (
    <section className="placing" aria-label="Unit and up axis of the scan">
      <p>
        {edges}&nbsp;{unitSymbol(scan.unit)}?
      </p>
      <Choice
        legend="Unit"
        options={UNITS}
        value={scan.unit}
        onChange={(unit) => tryPlacing(scan.id, { unit })}
      />
      <Choice
        legend="Up"
        named
        options={AXES.map((axis) => [axis, axisName(axis)] as const)}
        value={scan.up}
        onChange={(up) => tryPlacing(scan.id, { up })}
      />
      <button
        type="button"
        className="button button-small"
        title={`Remembered for ${placingScope(scan.origin)}; can be changed under Scan`}
        onClick={() => placeScan(scan.id, {})}
      >
        Done
      </button>
    </section>
  );
}

interface ChoiceProps<T extends string> {
  readonly legend: string;
  readonly options: readonly (readonly [id: T, label: string])[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** The choices do not say by themselves what they are of. */
  readonly named?: boolean;
}

function Choice<T extends string>({ legend, options, value, onChange, named }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="segmented placing-choice">
      <legend className="visually-hidden">{legend}</legend>
      {named && (
        <span className="dim" aria-hidden="true">
          {legend}
        </span>
      )}
      {options.map(([id, label]) => (
        <label key={id}>
          <input type="radio" name={name} checked={id === value} onChange={() => onChange(id)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
