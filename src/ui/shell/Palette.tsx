/** Every command by its name: Ctrl+K, some letters, Enter. */

import { type KeyboardEvent, use, useEffect, useId, useMemo, useRef, useState } from 'react';
import { COLOUR_MAPS } from '../../core/colourMaps.ts';
import { handlerOf, KeyHandlersContext, useKeyBindings } from '../keyActions.ts';
import { MODES } from '../modes.ts';
import { THEME_CHOICES } from '../theme.ts';
import { useCommands, useStudio } from '../useStudio.ts';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly keys: readonly string[];
  readonly run: () => void;
}

/** More than this nobody reads: another letter is typed. */
const MOST = 60;

export function Palette() {
  const open = useStudio((state) => state.panels.palette);
  const { setPanel } = useCommands();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Find a command"
      onClose={(event) => {
        // It comes late: by then the dialog may be open again.
        if (!event.currentTarget.open) setPanel('palette', false);
      }}
    >
      {open && <Finder />}
    </dialog>
  );
}

function Finder() {
  const id = useId();
  const entries = useEntries();
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState(0);
  const { setPanel } = useCommands();
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => matching(entries, text), [entries, text]);
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    setPanel('palette', false);
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) setChosen((chosen + step + found.length) % found.length);
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        type="text"
        role="combobox"
        aria-label="Name of the command"
        aria-expanded="true"
        aria-controls={`${id}-list`}
        aria-activedescendant={found.length === 0 ? undefined : `${id}-${chosen}`}
        placeholder="What do you want to do?"
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={`${id}-list`} role="listbox" aria-label="Commands">
        {found.map((entry, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys act in the text field
          // biome-ignore lint/a11y/useFocusableInteractive: the focus stays in the text field
          <div
            key={entry.id}
            id={`${id}-${at}`}
            role="option"
            aria-selected={at === chosen}
            onPointerMove={() => setChosen(at)}
            onClick={() => run(entry)}
          >
            <span>{entry.label}</span>
            <span>
              {entry.keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </span>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="note">No command has these words in its name.</p>}
    </>
  );
}

/** @returns those whose names have every word, best first: names that begin with what was typed */
function matching(entries: readonly Entry[], text: string): readonly Entry[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ label }: Entry) => (label.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return entries
    .filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST);
}

/** What can be done now: everything with a key that does something here, then places, looks, and scans. */
function useEntries(): readonly Entry[] {
  const commands = useCommands();
  const handlers = use(KeyHandlersContext);
  const bindings = useKeyBindings();
  const mode = useStudio((state) => state.mode);
  const scans = useStudio((state) => state.scans);
  const samples = useStudio((state) => state.samples);
  return useMemo(() => {
    const keyed = bindings
      .filter((binding) => binding.mode === null || binding.mode === mode)
      .filter(({ action }) => action !== 'palette' && handlerOf(handlers, action) !== undefined)
      .map(({ action, label, keys }) => ({
        id: action,
        label,
        keys,
        run: () => handlerOf(handlers, action)?.(),
      }));
    const plain = (id: string, label: string, run: () => void): Entry => ({ id, label, keys: [], run });
    return [
      ...keyed,
      ...MODES.filter((known) => known.id !== mode).map((known) =>
        plain(`mode ${known.id}`, `Go to ${known.label}`, () => commands.setMode(known.id)),
      ),
      ...COLOUR_MAPS.map((map) =>
        plain(`map ${map.id}`, `Colour map: ${map.label}`, () => commands.setColourMap(map.id)),
      ),
      ...THEME_CHOICES.map((theme) =>
        plain(`theme ${theme.id}`, `Theme: ${theme.label}`, () => commands.setTheme(theme.id)),
      ),
      ...scans.map((scan) => plain(scan.id, `Show ${scan.name}`, () => commands.showScan(scan.id))),
      ...(samples?.entries ?? []).map((sample) =>
        plain(`sample ${sample.id}`, `Sample: ${sample.title}`, () => void commands.openSample(sample.id)),
      ),
    ];
  }, [commands, handlers, bindings, mode, scans, samples]);
}
