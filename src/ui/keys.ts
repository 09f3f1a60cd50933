/** The keyboard: one table for what a key does and for the help that shows it. */

import type { KeyChoices, KeyChord } from '../studio/keyChoices.ts';
import type { ModeId } from '../studio/modes.ts';

/** In the order of the help. */
export const KEY_GROUPS = ['View', 'Heatmap', 'Scans', 'Label', 'Page'] as const;

export type KeyAction =
  | 'frame'
  | 'reset-view'
  | 'toggle-heatmap'
  | 'toggle-parallel'
  | `view-${'front' | 'back' | 'left' | 'right' | 'top' | 'bottom'}`
  | 'threshold-down'
  | 'threshold-up'
  | 'next-colour-map'
  | 'previous-scan'
  | 'next-scan'
  | 'open-files'
  | 'toggle-samples'
  | 'orbit-left'
  | 'orbit-right'
  | 'orbit-up'
  | 'orbit-down'
  | 'zoom-in'
  | 'zoom-out'
  | 'next-region'
  | 'previous-region'
  | 'toggle-arrows'
  | 'accept-region'
  | 'toggle-signed'
  | 'toggle-metrology'
  | 'toggle-boundary'
  | 'section-x'
  | 'section-y'
  | 'section-z'
  | 'measure'
  | 'compare'
  | 'measure-middle'
  | 'pin'
  | 'save-picture'
  | 'tool-none'
  | 'tool-rectangle'
  | 'tool-lasso'
  | 'tool-polygon'
  | 'tool-brush'
  | 'tool-ball'
  | 'tool-flood-score'
  | 'tool-flood-face'
  | 'tool-smaller'
  | 'tool-larger'
  | 'close-outline'
  | 'select-all'
  | 'select-none'
  | 'select-invert'
  | 'select-grow'
  | 'select-shrink'
  | 'give-active-class'
  | 'next-suggestion'
  | 'previous-suggestion'
  | 'accept-suggestion'
  | 'reject-suggestion'
  | 'hide-class'
  | 'show-all'
  | 'undo'
  | 'redo'
  | `class-${0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | 'save-report'
  | 'save-regions'
  | 'save-pins'
  | 'help'
  | 'palette'
  | 'close';

export interface KeyBinding {
  readonly action: KeyAction;
  /** `KeyboardEvent.key`, letters in lower case; empty: it has no key, and is found in the palette. */
  readonly key: string;
  /** null: with or without, for signs that need Shift on some keyboards only. */
  readonly shift: boolean | null;
  /** With Ctrl, or Command on a Mac. */
  readonly ctrl: boolean;
  /** The mode it belongs to; null = works in every mode. */
  readonly mode: ModeId | null;
  /** What the help shows. */
  readonly keys: readonly string[];
  readonly label: string;
  readonly group: (typeof KEY_GROUPS)[number];
  /** Works only while the viewport has the focus: the key means something else elsewhere. */
  readonly viewportOnly: boolean;
}

type Row = readonly [KeyAction, string, boolean | null, readonly string[], string];

interface RowOptions {
  readonly viewportOnly?: boolean;
  readonly ctrl?: boolean;
  readonly mode?: ModeId;
}

function bindings(
  group: KeyBinding['group'],
  rows: readonly Row[],
  { viewportOnly = false, ctrl = false, mode }: RowOptions = {},
): KeyBinding[] {
  return rows.map(([action, key, shift, keys, label]) => ({
    action,
    key,
    shift,
    ctrl,
    mode: mode ?? null,
    keys,
    label,
    group,
    viewportOnly,
  }));
}

export const KEY_BINDINGS: readonly KeyBinding[] = [
  ...bindings('View', [
    ['frame', 'f', false, ['F'], 'Frame the scan'],
    ['reset-view', 'f', true, ['Shift', 'F'], 'Reset the view'],
    ['toggle-parallel', 't', false, ['T'], 'With or without perspective'],
    ...(['front', 'back', 'left', 'right', 'top', 'bottom'] as const).map(
      (side): Row => [`view-${side}`, '', false, [], `View from the ${side}`],
    ),
  ]),
  ...bindings(
    'View',
    [
      ['orbit-left', 'ArrowLeft', true, ['Shift', '←'], 'Turn left'],
      ['orbit-right', 'ArrowRight', true, ['Shift', '→'], 'Turn right'],
      ['orbit-up', 'ArrowUp', true, ['Shift', '↑'], 'Turn up'],
      ['orbit-down', 'ArrowDown', true, ['Shift', '↓'], 'Turn down'],
      ['zoom-in', '+', null, ['+'], 'Come closer'],
      ['zoom-out', '-', null, ['−'], 'Go away'],
    ],
    { viewportOnly: true },
  ),
  ...bindings('Heatmap', [['toggle-heatmap', 'Tab', false, ['Tab'], 'Heatmap on or off']], {
    viewportOnly: true,
  }),
  ...bindings('Heatmap', [
    ['threshold-down', ',', false, [','], 'Lower the threshold'],
    ['threshold-up', '.', false, ['.'], 'Raise the threshold'],
    ['next-colour-map', 'c', false, ['C'], 'Next colour map'],
  ]),
  ...bindings('Scans', [
    ['previous-scan', 'ArrowLeft', false, ['←'], 'Previous scan'],
    ['next-scan', 'ArrowRight', false, ['→'], 'Next scan'],
    ['toggle-samples', 'g', false, ['G'], 'Show or hide the scans and samples'],
  ]),
  ...bindings(
    'Heatmap',
    [
      ['next-region', 'n', false, ['N'], 'Next defect region'],
      ['previous-region', 'n', true, ['Shift', 'N'], 'Previous defect region'],
      ['accept-region', 'a', true, ['Shift', 'A'], 'Accept the region as normal, or no longer'],
      ['toggle-arrows', 'a', false, ['A'], 'Arrows of the offsets'],
      ['toggle-signed', 'c', true, ['Shift', 'C'], 'Bulges and dents in two colours'],
      ['toggle-metrology', 't', true, ['Shift', 'T'], 'Metrology: deviations against a tolerance'],
      ['toggle-boundary', 'e', false, ['E'], 'Leave out the rim of the scan'],
    ],
    { mode: 'inspect' },
  ),
  ...bindings(
    'View',
    [
      ['section-x', 'x', false, ['X'], 'Section across X'],
      ['section-y', 'y', false, ['Y'], 'Section across Y'],
      ['section-z', 'z', false, ['Z'], 'Section across Z'],
      ['measure', 'm', false, ['M'], 'Measure'],
      ['compare', 'd', false, ['D'], 'Compare with a second scan'],
      ['pin', 'k', false, ['K'], 'Pin a comment to a point'],
      ['save-picture', 's', false, ['S'], 'Save the picture'],
    ],
    { mode: 'inspect' },
  ),
  ...bindings(
    'View',
    [['measure-middle', 'Enter', false, ['Enter'], 'Measure or pin the point in the middle']],
    {
      mode: 'inspect',
      viewportOnly: true,
    },
  ),
  ...bindings('Scans', [['open-files', 'o', false, ['Ctrl', 'O'], 'Open files']], { ctrl: true }),
  ...bindings(
    'Label',
    [
      ['tool-none', 'v', false, ['V'], 'Turn the view'],
      ['tool-rectangle', 'r', false, ['R'], 'Rectangle'],
      ['tool-lasso', 'l', false, ['L'], 'Lasso'],
      ['tool-polygon', 'p', false, ['P'], 'Polygon'],
      ['tool-brush', 'b', false, ['B'], 'Brush'],
      ['tool-ball', 'u', false, ['U'], 'Ball'],
      ['tool-flood-score', 'o', false, ['O'], 'Flood by score'],
      ['tool-flood-face', 'o', true, ['Shift', 'O'], 'Flood by face'],
      ['tool-smaller', '[', null, ['['], 'Smaller brush'],
      ['tool-larger', ']', null, [']'], 'Larger brush'],
      ['close-outline', 'Enter', false, ['Enter'], 'Close the polygon'],
      ['select-grow', 'w', false, ['W'], 'Grow the selection'],
      ['select-shrink', 'w', true, ['Shift', 'W'], 'Shrink the selection'],
      ['next-suggestion', 'n', false, ['N'], 'Next suggested region'],
      ['previous-suggestion', 'n', true, ['Shift', 'N'], 'Previous suggested region'],
      ['accept-suggestion', 'y', false, ['Y'], 'Accept the suggested region'],
      ['reject-suggestion', 'x', false, ['X'], 'Reject the suggested region'],
      ['hide-class', 'h', false, ['H'], 'Hide the chosen class'],
      ['show-all', 'h', true, ['Shift', 'H'], 'Show everything'],
      ...([0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const).map(
        (number): Row => [
          `class-${number}`,
          String(number),
          false,
          [String(number)],
          number === 0 ? 'Make good' : `Give class ${number}`,
        ],
      ),
    ],
    { mode: 'label' },
  ),
  ...bindings('Label', [['give-active-class', ' ', false, ['Space'], 'Give the chosen class']], {
    mode: 'label',
    // Elsewhere Space presses the button that has the focus.
    viewportOnly: true,
  }),
  ...bindings(
    'Label',
    [
      ['select-all', 'a', false, ['Ctrl', 'A'], 'Select all'],
      ['select-none', 'a', true, ['Ctrl', 'Shift', 'A'], 'Select nothing'],
      ['select-invert', 'i', false, ['Ctrl', 'I'], 'Invert the selection'],
    ],
    { mode: 'label', ctrl: true },
  ),
  ...bindings(
    'Label',
    [
      ['undo', 'z', false, ['Ctrl', 'Z'], 'Undo'],
      ['redo', 'z', true, ['Ctrl', 'Shift', 'Z'], 'Redo'],
    ],
    { ctrl: true },
  ),
  ...bindings(
    'Scans',
    [
      ['save-report', '', false, [], 'Save the report as PDF'],
      ['save-regions', '', false, [], 'Save the defect regions as CSV'],
      ['save-pins', '', false, [], 'Save the pins as CSV'],
    ],
    { mode: 'inspect' },
  ),
  ...bindings('Page', [['palette', 'k', false, ['Ctrl', 'K'], 'Find a command']], { ctrl: true }),
  ...bindings('Page', [
    ['help', '?', null, ['?'], 'Show the keys'],
    ['close', 'Escape', false, ['Esc'], 'Close what lies on top'],
  ]),
];

const SHOWN: Readonly<Record<string, string>> = {
  ' ': 'Space',
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  '-': '−',
};

/** What the help shows of a chord. */
function shownKeys({ key, shift, ctrl }: KeyChord): readonly string[] {
  if (key === '') return [];
  const name = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);
  return [...(ctrl ? ['Ctrl'] : []), ...(shift ? ['Shift'] : []), name];
}

/** The key table with the user's own keys; a key that was given away is gone where it came from. */
export function bindingsInForce(choices: KeyChoices): readonly KeyBinding[] {
  return KEY_BINDINGS.map((binding) => {
    const chord = choices[binding.action];
    return chord === undefined ? binding : { ...binding, ...chord, keys: shownKeys(chord) };
  });
}

/** Esc closes, whatever else it may mean; the others cannot be pressed alone. */
const RESERVED: readonly string[] = ['Escape', 'Shift', 'Control', 'Alt', 'Meta', 'CapsLock', 'Dead'];

/** @returns the key that was pressed, or null for one that cannot be given */
export function chordOf(press: KeyPress): KeyChord | null {
  if (press.altKey || RESERVED.includes(press.key)) return null;
  const letter = press.key.length === 1 && press.key.toLowerCase() !== press.key.toUpperCase();
  return {
    key: press.key.length === 1 ? press.key.toLowerCase() : press.key,
    // Signs need Shift on some keyboards only.
    shift: letter || press.key.length > 1 ? press.shiftKey : null,
    ctrl: press.ctrlKey || press.metaKey,
  };
}

/** @returns the action that has this key where `action` works, unless it is that one itself */
export function holderOf(chord: KeyChord, action: KeyAction, choices: KeyChoices): KeyBinding | null {
  const table = bindingsInForce(choices);
  const mode = table.find((binding) => binding.action === action)?.mode ?? null;
  return (
    table.find(
      (known) =>
        known.action !== action &&
        known.key === chord.key &&
        known.ctrl === chord.ctrl &&
        (known.shift === null || chord.shift === null || known.shift === chord.shift) &&
        (mode === null || known.mode === null || known.mode === mode),
    ) ?? null
  );
}

/** What the key table needs to know of a key press. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface KeyPlace {
  readonly mode: ModeId;
  /** The viewport has the focus. */
  readonly viewport: boolean;
  /** The focus is where keys are typed or choose values: text, number, list, slider. */
  readonly field: 'none' | 'typing' | 'arrows';
}

/** @returns what the key does here, or null to leave it to the browser */
export function actionFor(
  press: KeyPress,
  place: KeyPlace,
  table: readonly KeyBinding[] = KEY_BINDINGS,
): KeyAction | null {
  if (press.altKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  const ctrl = press.ctrlKey || press.metaKey;
  // Keyboards of some phones send presses without a key.
  if (key === '') return null;
  const binding = table.find(
    (known) =>
      known.key === key &&
      known.ctrl === ctrl &&
      (known.shift === null || known.shift === press.shiftKey) &&
      (known.mode === null || known.mode === place.mode),
  );
  if (binding === undefined || (binding.viewportOnly && !place.viewport)) return null;
  if (place.field === 'typing' && key !== 'Escape') return null;
  if (place.field === 'arrows' && key.startsWith('Arrow')) return null;
  return binding.action;
}
