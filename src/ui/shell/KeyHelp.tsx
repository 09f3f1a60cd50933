/** The list of keys and mouse moves; every key can be changed here. */

import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { NO_KEY } from '../../studio/keyChoices.ts';
import { useKeyBindings } from '../keyActions.ts';
import { chordOf, holderOf, KEY_GROUPS, type KeyBinding } from '../keys.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

const MOUSE: readonly (readonly [string, string])[] = [
  ['Left drag', 'Turn'],
  ['Right drag', 'Move'],
  ['Wheel', 'Zoom to the cursor'],
  ['Double click', 'Set the pivot'],
];

const HINT =
  'Click a key to change it. Tab and Shift with an arrow work while the 3D view has the focus (click it). Shift and Tab leave it.';

export function KeyHelp() {
  const open = useStudio((state) => state.panels.keys);
  const changed = useStudio((state) => Object.keys(state.keyChoices).length > 0);
  const { setPanel, resetKeys } = useCommands();
  const dialog = useRef<HTMLDialogElement>(null);
  const [asking, setAsking] = useState<KeyBinding | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  const takeKey = useTakeKey(asking, (text) => {
    setSaid(text);
    setAsking(null);
  });
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
    setAsking(null);
    setSaid(null);
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="key-help"
      aria-labelledby="key-help-title"
      onClose={(event) => {
        // It comes late: by then the dialog may be open again.
        if (!event.currentTarget.open) setPanel('keys', false);
      }}
      onKeyDown={takeKey}
    >
      <header className="panel-head">
        <h2 id="key-help-title">Keys and mouse</h2>
        <IconButton icon="close" label="Close the keys" onClick={() => setPanel('keys', false)} />
      </header>
      <div className="key-groups">
        {open &&
          KEY_GROUPS.map((group) => <KeyGroup key={group} group={group} asking={asking} onAsk={setAsking} />)}
        <section>
          <h3>Mouse in the 3D view</h3>
          <dl>
            {MOUSE.map(([move, label]) => (
              <div key={move}>
                <dt>{label}</dt>
                <dd>{move}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      <footer className="key-foot">
        <output className="note">
          {asking === null
            ? (said ?? HINT)
            : `Press the key for “${asking.label}”. Esc leaves it as it is, Backspace takes it away.`}
        </output>
        <button type="button" className="button button-small" disabled={!changed} onClick={resetKeys}>
          All keys as at first
        </button>
      </footer>
    </dialog>
  );
}

/** @param onDone what came of it, in words; null = left as it was */
function useTakeKey(asking: KeyBinding | null, onDone: (said: string | null) => void) {
  const choices = useStudio((state) => state.keyChoices);
  const { giveKey } = useCommands();
  return (event: KeyboardEvent) => {
    if (asking === null) return;
    const chord = event.key === 'Backspace' ? NO_KEY : chordOf(event);
    if (event.key !== 'Escape' && chord === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape' || chord === null) {
      onDone(null);
      return;
    }
    const holder = chord.key === '' ? null : holderOf(chord, asking.action, choices);
    if (holder !== null) giveKey(holder.action, NO_KEY);
    giveKey(asking.action, chord);
    onDone(holder === null ? null : `“${holder.label}” had that key and has none now.`);
  };
}

interface GroupProps {
  readonly group: (typeof KEY_GROUPS)[number];
  readonly asking: KeyBinding | null;
  readonly onAsk: (binding: KeyBinding) => void;
}

function KeyGroup({ group, asking, onAsk }: GroupProps) {
  const bindings = useKeyBindings();
  return (
    <section>
      <h3>{group}</h3>
      <dl>
        {bindings
          .filter((binding) => binding.group === group)
          .map((binding) => (
            <div key={binding.action}>
              <dt>{binding.label}</dt>
              <dd>
                <button
                  type="button"
                  className="key-button"
                  aria-pressed={asking?.action === binding.action}
                  onClick={() => onAsk(binding)}
                >
                  <span className="visually-hidden">Key of “{binding.label}”: </span>
                  <Keys keys={asking?.action === binding.action ? ['…'] : binding.keys} />
                </button>
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

function Keys({ keys }: { readonly keys: readonly string[] }) {
  if (keys.length === 0) return <kbd>none</kbd>;
  return keys.map((key, at) => (
    <Fragment key={key}>
      {at > 0 && ' '}
      <kbd>{key}</kbd>
    </Fragment>
  ));
}
