import { describe, expect, it } from 'vitest';
import { MODE_IDS } from '../studio/modes.ts';
import { actionFor, KEY_BINDINGS, type KeyPlace } from './keys.ts';

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
      const here = KEY_BINDINGS.filter((binding) => binding.mode === null || binding.mode === mode);
      const seen = here.map((binding) => `${binding.key} ${binding.shift} ${binding.ctrl}`);
      expect(new Set(seen).size, mode).toBe(seen.length);
    }
  });
});
