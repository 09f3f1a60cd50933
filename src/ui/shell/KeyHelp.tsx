/** The list of keys and mouse moves. */

import { useEffect, useRef } from 'react';
import { KEY_BINDINGS, KEY_GROUPS } from '../keys.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

const MOUSE: readonly (readonly [string, string])[] = [
  ['Left drag', 'Turn'],
  ['Right drag', 'Move'],
  ['Wheel', 'Zoom to the cursor'],
  ['Double click', 'Set the pivot'],
];

export function KeyHelp() {
  const open = useStudio((state) => state.panels.keys);
  const { setPanel } = useCommands();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="key-help"
      aria-labelledby="key-help-title"
      onClose={() => setPanel('keys', false)}
    >
      <header className="panel-head">
        <h2 id="key-help-title">Keys and mouse</h2>
        <IconButton icon="close" label="Close the keys" onClick={() => setPanel('keys', false)} />
      </header>
      <div className="key-groups">
        {KEY_GROUPS.map((group) => (
          <KeyGroup key={group} group={group} />
        ))}
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
      <p className="note">
        Tab and Shift with an arrow work while the 3D view has the focus (click it). Shift and Tab leave it.
      </p>
    </dialog>
  );
}

function KeyGroup({ group }: { readonly group: (typeof KEY_GROUPS)[number] }) {
  return (
    <section>
      <h3>{group}</h3>
      <dl>
        {KEY_BINDINGS.filter((binding) => binding.group === group).map((binding) => (
          <div key={binding.action}>
            <dt>{binding.label}</dt>
            <dd>
              {binding.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
