import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendInSearch, modeInSearch, sampleInSearch, withMode, withSample } from './location.ts';
import { DEFAULT_PREFERENCES } from './state.ts';
import { readPreferences } from './storage.ts';

describe('stored preferences', () => {
  it('come back as they were stored', () => {
    const chosen = {
      theme: 'report',
      colourMap: 'turbo',
      pointScale: 2,
      shading: false,
      parallel: true,
      drawer: false,
      folded: { Scan: false },
      keyChoices: { frame: { key: 'q', shift: null, ctrl: true } },
      placings: { 'format:ply': { unit: 'mm', up: '+y' } },
      meshUse: { kind: 'sample', points: 5000, seed: 2 },
    };
    expect(readPreferences(JSON.stringify(chosen))).toEqual(chosen);
  });

  it('fall back to the defaults field by field, whatever was stored', () => {
    expect(readPreferences(null)).toEqual(DEFAULT_PREFERENCES);
    expect(
      readPreferences(
        '{"theme":"pink","pointScale":99,"colourMap":"inferno","folded":{"Scan":"yes"},"keyChoices":{"frame":"q"},"placings":{"format:ply":{"unit":"furlong","up":"+y"}},"meshUse":{"kind":"sample","points":0,"seed":0}}',
      ),
    ).toEqual({
      ...DEFAULT_PREFERENCES,
      colourMap: 'inferno',
    });
    fc.assert(fc.property(fc.string(), (text) => readPreferences(text) !== null));
    fc.assert(fc.property(fc.json(), (text) => readPreferences(text) !== null));
  });
});

describe('the address', () => {
  it('is read from and written to the address without touching the rest', () => {
    expect(sampleInSearch('?sample=flange-bulge&x=1')).toBe('flange-bulge');
    expect(sampleInSearch('?sample=')).toBeNull();
    expect(withSample('https://a.org/studio/?x=1#top', 'b c')).toBe(
      'https://a.org/studio/?x=1&sample=b+c#top',
    );
    expect(withSample('https://a.org/?sample=b', null)).toBe('https://a.org/');
  });

  it('names the mode unless it is the first; an unknown one falls back to it', () => {
    expect(modeInSearch('?mode=inspect')).toBe('inspect');
    expect(modeInSearch('?mode=cooking')).toBe('inspect');
    expect(withMode('https://a.org/?sample=b&mode=x', 'inspect')).toBe('https://a.org/?sample=b');
  });

  it('can ask for a backend; an unknown one leaves the choice to the page', () => {
    expect(backendInSearch('?backend=webgpu&mode=train')).toBe('webgpu');
    expect(backendInSearch('?backend=wasm')).toBe('wasm');
    expect(backendInSearch('?backend=cuda')).toBe('auto');
    expect(backendInSearch('')).toBe('auto');
  });
});
