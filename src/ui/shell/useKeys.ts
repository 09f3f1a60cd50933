/** Listens for the keys of the key table and does what they say. */

import { useEffect } from 'react';
import { actionFor, type KeyAction, type KeyPlace } from '../keys.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import type { ViewerRef } from '../useViewer.ts';
import { chooseFiles } from './chooseFiles.ts';

/** Marks the element that takes the keys of the viewport. */
export const VIEWPORT_ID = 'viewport-3d';

const ORBIT_DEGREES = 15;
const ZOOM = 0.8;

const ARROW_INPUTS = ['range', 'radio'];
const SILENT_INPUTS = ['checkbox', 'button'];

function placeOf(target: EventTarget | null): KeyPlace {
  const element = target instanceof HTMLElement ? target : null;
  const viewport = element?.id === VIEWPORT_ID;
  if (element instanceof HTMLInputElement && !SILENT_INPUTS.includes(element.type))
    return { viewport, field: ARROW_INPUTS.includes(element.type) ? 'arrows' : 'typing' };
  // A list jumps to the entry that begins with the typed letter.
  if (element instanceof HTMLSelectElement) return { viewport, field: 'typing' };
  return { viewport, field: element?.role === 'slider' ? 'arrows' : 'none' };
}

export function useKeys(viewer: ViewerRef): void {
  const commands = useCommands();
  const panels = useStudio((state) => state.panels);

  useEffect(() => {
    const actions: Readonly<Record<KeyAction, () => void>> = {
      frame: () => viewer.current?.frame(),
      'reset-view': () => viewer.current?.lookFrom('home'),
      'toggle-heatmap': commands.toggleHeatmap,
      'threshold-down': () => commands.nudgeThreshold(-1),
      'threshold-up': () => commands.nudgeThreshold(1),
      'next-colour-map': commands.nextColourMap,
      'previous-scan': () => commands.stepScan(-1),
      'next-scan': () => commands.stepScan(1),
      'open-files': () => chooseFiles(commands.openFiles),
      'toggle-samples': () => commands.setPanel('samples', !panels.samples),
      'orbit-left': () => viewer.current?.orbit(-ORBIT_DEGREES, 0),
      'orbit-right': () => viewer.current?.orbit(ORBIT_DEGREES, 0),
      'orbit-up': () => viewer.current?.orbit(0, ORBIT_DEGREES),
      'orbit-down': () => viewer.current?.orbit(0, -ORBIT_DEGREES),
      'zoom-in': () => viewer.current?.dolly(ZOOM),
      'zoom-out': () => viewer.current?.dolly(1 / ZOOM),
      help: () => commands.setPanel('keys', !panels.keys),
      close: () => void commands.closeTopmost(),
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const action = actionFor(event, placeOf(event.target));
      // The open help is a modal dialog: keys do not reach through it.
      if (action === null || (panels.keys && action !== 'help')) return;
      if (action !== 'close') event.preventDefault();
      actions[action]();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [commands, panels, viewer]);
}
