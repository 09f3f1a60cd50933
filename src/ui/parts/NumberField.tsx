/** A number with its unit; taken over on Enter or when the field is left, thrown away on Escape. */

import { useId, useState } from 'react';
import { formatSignificant } from '../../studio/units.ts';

interface Props {
  readonly label: string;
  /** Display units. */
  readonly value: number;
  readonly unit: string;
  /** Significant digits that are shown. */
  readonly digits?: number;
  readonly onCommit: (value: number) => void;
}

export function NumberField({ label, value, unit, digits = 4, onCommit }: Props) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  const shown = formatSignificant(value, digits).replaceAll(',', '');

  const commit = () => {
    setDraft(null);
    // A decimal comma is how half of the users write it.
    const typed = Number((draft ?? '').trim().replace(',', '.'));
    if (draft !== null && draft.trim() !== '' && Number.isFinite(typed) && draft !== shown) onCommit(typed);
  };

  return (
    <div className="number-field">
      <label htmlFor={id}>{label}</label>
      <span className="number-box">
        <input
          id={id}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          value={draft ?? shown}
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setDraft(event.currentTarget.value)}
          onBlur={commit}
          onKeyDown={(event) => {
            if (event.key === 'Enter') commit();
            if (event.key === 'Escape') setDraft(null);
          }}
        />
        <span className="unit">{unit}</span>
      </span>
    </div>
  );
}
