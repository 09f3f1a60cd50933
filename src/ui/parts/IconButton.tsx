/** A button with an icon and a name that is read aloud and shown as a tooltip. */

import { use } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { KeyNameContext } from './keyNames.ts';

interface Props {
  readonly icon: IconName;
  readonly label: string;
  /** Shown after the name in the tooltip. */
  readonly keys?: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  /** For buttons that stay down. */
  readonly pressed?: boolean;
}

export function IconButton({ icon, label, keys, onClick, disabled = false, pressed }: Props) {
  const nameOf = use(KeyNameContext);
  const shown = keys === undefined ? null : nameOf(keys);
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={label}
      aria-pressed={pressed}
      title={shown === null ? label : `${label} (${shown})`}
      onClick={onClick}
      disabled={disabled}
    >
      <Icon name={icon} />
    </button>
  );
}
