/** On or off, at once. */

import { use } from 'react';
import { KeyNameContext } from './keyNames.ts';

interface Props {
  readonly label: string;
  readonly keys?: string;
  readonly on: boolean;
  readonly onChange: () => void;
}

export function Switch({ label, keys, on, onChange }: Props) {
  const nameOf = use(KeyNameContext);
  const shown = keys === undefined ? null : nameOf(keys);
  return (
    <label className="switch">
      <span>
        {label}
        {shown !== null && <kbd>{shown}</kbd>}
      </span>
      <input type="checkbox" role="switch" aria-checked={on} checked={on} onChange={onChange} />
    </label>
  );
}
