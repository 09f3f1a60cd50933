import { describe, expect, it } from 'vitest';
import { MODE_IDS } from '../studio/modes.ts';
import { actionFor, bindingsInForce, chordOf, holderOf, KEY_BINDINGS, type KeyPlace } from './keys.ts';

const press = (key: string, modifiers: Partial<Record<'shiftKey' | 'ctrlKey', boolean>> = {}) => ({
  key,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...modifiers,
});
const page: KeyPlace = { mode: 'inspect', viewport: false, field: 'none' };
const viewport: KeyPlace = { mode: 'inspect', viewport: true, field: 'none' };

describe('keys', () => {
  it('leaves Tab to the browser outside the viewport, and Shift+Tab everywhere: nobody is trapped', () => {
    expect(actionFor(press('Tab'), page)).toBeNull();
    expect(actionFor(press('Tab'), viewport)).toBe('toggle-heatmap');
    expect(actionFor(press('Tab', { shiftKey: true }), viewport)).toBeNull();
  });

  it('does not fire while somebody types or moves a slider with the arrows', () => {
    expect(actionFor(press('f'), { ...page, field: 'typing' })).toBeNull();
    expect(actionFor(press('Escape'), { ...page, field: 'typing' })).toBe('close');
    expect(actionFor(press('ArrowLeft'), { ...page, field: 'arrows' })).toBeNull();
    expect(actionFor(press('.'), { ...page, field: 'arrows' })).toBe('threshold-up');
  });

  it('leaves the browser its own shortcuts', () => {
    expect(actionFor(press('f', { ctrlKey: true }), viewport)).toBeNull();
  });

  it('tells F from Shift+F and finds "?" on any keyboard', () => {
    expect(actionFor(press('f'), page)).toBe('frame');
    expect(actionFor(press('F', { shiftKey: true }), page)).toBe('reset-view');
    expect(actionFor(press('?', { shiftKey: true }), page)).toBe('help');
    expect(actionFor(press('?'), page)).toBe('help');
  });

  it('gives no key two meanings in one mode', () => {
    for (const mode of MODE_IDS) {
      const here = KEY_BINDINGS.filter(
        ({ key, mode: only }) => key !== '' && (only === null || only === mode),
      );
      const seen = here.map((binding) => `${binding.key} ${binding.shift} ${binding.ctrl}`);
      expect(new Set(seen).size, mode).toBe(seen.length);
    }
  });

  it('can be changed: the new key works, the old one is free, the help shows it', () => {
    const choices = { frame: { key: 'q', shift: true, ctrl: false } };
    const table = bindingsInForce(choices);
    expect(actionFor(press('Q', { shiftKey: true }), page, table)).toBe('frame');
    expect(actionFor(press('f'), page, table)).toBeNull();
    expect(table.find(({ action }) => action === 'frame')?.keys).toEqual(['Shift', 'Q']);
  });

  it('knows who has a key already, in the same mode or in all', () => {
    const arrows = chordOf(press('a'))!;
    expect(holderOf(arrows, 'frame', {})?.action).toBe('toggle-arrows');
    expect(holderOf(arrows, 'tool-brush', {})).toBeNull();
    expect(holderOf(arrows, 'toggle-arrows', {})).toBeNull();
    expect(holderOf(arrows, 'frame', { 'toggle-arrows': { key: '', shift: false, ctrl: false } })).toBeNull();
  });

  it('takes no key that cannot be pressed alone or must close things', () => {
    for (const key of ['Shift', 'Control', 'Escape']) expect(chordOf(press(key)), key).toBeNull();
    expect(chordOf({ ...press('x'), altKey: true })).toBeNull();
    // On some keyboards "?" needs Shift, on others it does not.
    expect(chordOf(press('?', { shiftKey: true }))?.shift).toBeNull();
  });

  it('never takes a press without a key for one of the actions that have none', () => {
    expect(actionFor(press(''), page)).toBeNull();
  });
});
