/** The classes: give one to the selection, rename, recolour, lock, hide, add, remove; undo and redo. */

import { useId, useMemo, useState } from 'react';
import type { LabelClass } from '../../core/labels/labelSet.ts';
import { countClasses } from '../../core/labels/labelSet.ts';
import type { ScanLabels } from '../../studio/labelState.ts';
import { formatCount } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function ClassesPanel({ labels }: { readonly labels: ScanLabels }) {
  const { set, history } = labels;
  const counts = useMemo(() => countClasses(set), [set]);
  const { undoLabel, redoLabel } = useCommands();
  return (
    <Section
      title="Classes"
      action={
        <span className="row">
          <IconButton
            icon="undo"
            label="Undo"
            keys="Ctrl+Z"
            disabled={history.done.length === 0}
            onClick={undoLabel}
          />
          <IconButton
            icon="redo"
            label="Redo"
            keys="Ctrl+Shift+Z"
            disabled={history.undone.length === 0}
            onClick={redoLabel}
          />
        </span>
      }
    >
      <ul className="classes">
        {set.classes.map((entry) => (
          <li key={entry.number}>
            <ClassRow entry={entry} count={counts.get(entry.number) ?? 0} />
          </li>
        ))}
      </ul>
      <AddClass />
    </Section>
  );
}

function ClassRow({ entry, count }: { readonly entry: LabelClass; readonly count: number }) {
  const { number, name, colour } = entry;
  const active = useStudio((state) => state.labels.activeClass === number);
  const selected = useStudio((state) => state.labels.selection !== null);
  const locked = useStudio((state) => state.labels.locked.has(number));
  const hidden = useStudio((state) => state.labels.hidden.has(number));
  const commands = useCommands();
  return (
    <div className={`class-row ${active ? 'current' : ''}`}>
      <input
        type="color"
        value={colour}
        aria-label={`Colour of ${name}`}
        onChange={(event) => commands.changeClass(number, { colour: event.currentTarget.value })}
      />
      <button
        type="button"
        className="class-name"
        aria-pressed={active}
        title={selected ? `Give the selection this class (${number})` : `Tools give this class (${number})`}
        onClick={() => {
          commands.setLabelOptions({ activeClass: number });
          if (selected) commands.labelSelection(number);
        }}
      >
        <kbd>{number}</kbd>
        <span className="ellipsis">{name}</span>
        <span className="dim">{formatCount(count)}</span>
      </button>
      <IconButton
        icon={locked ? 'locked' : 'unlocked'}
        label={`Lock ${name}`}
        pressed={locked}
        onClick={() => commands.toggleClassLock(number)}
      />
      <IconButton
        icon={hidden ? 'hidden' : 'shown'}
        label={`Hide ${name}`}
        pressed={hidden}
        onClick={() => commands.toggleClassHidden(number)}
      />
      {number !== 0 && <ClassMenu entry={entry} count={count} />}
    </div>
  );
}

function ClassMenu({ entry, count }: { readonly entry: LabelClass; readonly count: number }) {
  const id = useId();
  const [name, setName] = useState(entry.name);
  const { changeClass, removeClass } = useCommands();
  return (
    <>
      <button
        type="button"
        className="icon-button"
        popoverTarget={id}
        aria-label={`Rename or remove ${entry.name}`}
        title={`Rename or remove ${entry.name}`}
      >
        ⋯
      </button>
      <div id={id} popover="auto" className="menu class-menu">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() !== '') changeClass(entry.number, { name: name.trim() });
            document.getElementById(id)?.hidePopover();
          }}
        >
          <label className="field">
            <span className="dim">Name</span>
            <input
              className="text-box"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </label>
          <div className="row">
            <button type="submit" className="button button-small">
              Rename
            </button>
            <button
              type="button"
              className="button button-small"
              disabled={count > 0}
              title={
                count > 0 ? `${formatCount(count)} points have it: give them another class first` : 'Remove'
              }
              onClick={() => removeClass(entry.number)}
            >
              Remove
            </button>
          </div>
        </form>
      </div>
    </>
  );
}

function AddClass() {
  const [name, setName] = useState('');
  const { addClass } = useCommands();
  return (
    <form
      className="row add-class"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '') return;
        addClass(name.trim());
        setName('');
      }}
    >
      <input
        className="text-box"
        aria-label="Name of a new class"
        placeholder="New class: dent, crack …"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <button type="submit" className="button button-small" disabled={name.trim() === ''}>
        Add
      </button>
    </form>
  );
}
