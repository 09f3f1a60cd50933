/** On or off, at once. */

interface Props {
  readonly label: string;
  readonly keys?: string;
  readonly on: boolean;
  readonly onChange: () => void;
}

export function Switch({ label, keys, on, onChange }: Props) {
  return (
    <label className="switch">
      <span>
        {label}
        {keys !== undefined && <kbd>{keys}</kbd>}
      </span>
      <input type="checkbox" role="switch" aria-checked={on} checked={on} onChange={onChange} />
    </label>
  );
}
