/** Keys reach what they do through this: components say what an action does, one listener calls it. */

import { createContext, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  actionFor,
  bindingsInForce,
  KEY_BINDINGS,
  type KeyAction,
  type KeyBinding,
  type KeyPlace,
} from './keys.ts';
import type { KeyName } from './parts/keyNames.ts';
import { VIEWPORT_ID } from './shell/viewportId.ts';
import { useStudio } from './useStudio.ts';

type KeyActions = Partial<Readonly<Record<KeyAction, () => void>>>;

/** Those on screen, the latest last; an action belongs to the latest that has it. */
export type KeyHandlers = Set<() => KeyActions>;

export const KeyHandlersContext = createContext<KeyHandlers>(new Set());

/** While the component is on screen, these actions of the key table do this. */
export function useKeyActions(actions: KeyActions): void {
  const handlers = use(KeyHandlersContext);
  const current = useRef(actions);
  useEffect(() => {
    current.current = actions;
  });
  useEffect(() => {
    const read = () => current.current;
    handlers.add(read);
    return () => {
      handlers.delete(read);
    };
  }, [handlers]);
}

/** The key table with the user's own keys. */
export function useKeyBindings(): readonly KeyBinding[] {
  const choices = useStudio((state) => state.keyChoices);
  return useMemo(() => bindingsInForce(choices), [choices]);
}

/** What controls show in place of the key table's own keys. */
export function useKeyName(): KeyName {
  const table = useKeyBindings();
  return useCallback(
    (keys) => {
      const action = KEY_BINDINGS.find((known) => known.keys.join('+') === keys)?.action;
      const now = table.find((known) => known.action === action);
      if (now === undefined) return keys;
      return now.keys.length === 0 ? null : now.keys.join('+');
    },
    [table],
  );
}

/** @returns what an action does now, or undefined where nothing on screen does it */
export function handlerOf(handlers: KeyHandlers, action: KeyAction): (() => void) | undefined {
  return [...handlers].map((read) => read()[action]).findLast((known) => known !== undefined);
}

/** Open a dialog, and close it again. */
const OPENERS: readonly KeyAction[] = ['help', 'palette'];

const ARROW_INPUTS = ['range', 'radio'];
const SILENT_INPUTS = ['checkbox', 'button'];

function placeOf(target: EventTarget | null): Omit<KeyPlace, 'mode'> {
  const element = target instanceof HTMLElement ? target : null;
  const viewport = element?.id === VIEWPORT_ID;
  if (element instanceof HTMLInputElement && !SILENT_INPUTS.includes(element.type))
    return { viewport, field: ARROW_INPUTS.includes(element.type) ? 'arrows' : 'typing' };
  // A list jumps to the entry that begins with the typed letter.
  if (element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement)
    return { viewport, field: 'typing' };
  return { viewport, field: element?.role === 'slider' ? 'arrows' : 'none' };
}

/** Listens on the page. @returns what goes into `KeyHandlersContext` */
export function useKeyListener(): KeyHandlers {
  const [handlers] = useState<KeyHandlers>(() => new Set());
  const mode = useStudio((state) => state.mode);
  const ours = useStudio(({ panels }) => panels.keys || panels.palette);
  const table = useKeyBindings();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = actionFor(event, { ...placeOf(event.target), mode }, table);
      if (action === null) return;
      // Keys do not reach through a modal dialog; those that open one close it. The page is asked, not the store:
      // a dialog that Escape closed is gone before its event says so.
      if (document.querySelector('dialog:modal') !== null && !(ours && OPENERS.includes(action))) return;
      const handle = handlerOf(handlers, action);
      if (handle === undefined) return;
      if (action !== 'close') event.preventDefault();
      handle();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [handlers, mode, ours, table]);
  return handlers;
}
