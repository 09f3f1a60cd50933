/** Keys reach what they do through this: components say what an action does, one listener calls it. */

import { createContext, use, useEffect, useRef, useState } from 'react';
import { actionFor, type KeyAction, type KeyPlace } from './keys.ts';
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
  const help = useStudio((state) => state.panels.keys);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = actionFor(event, { ...placeOf(event.target), mode });
      // The open help is a modal dialog: keys do not reach through it.
      if (action === null || (help && action !== 'help')) return;
      const handle = [...handlers].map((read) => read()[action]).findLast((known) => known !== undefined);
      if (handle === undefined) return;
      if (action !== 'close') event.preventDefault();
      handle();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [handlers, mode, help]);
  return handlers;
}
