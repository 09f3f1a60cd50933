import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readModelCatalogue, readSampleCatalogue, samplesByPart } from './catalogue.ts';

const GOOD = {
  id: 'flange-good',
  file: 'flange/good-1.ply',
  title: 'Flange, good',
  part: 'flange',
  kind: 'good',
  thumbnail: 'flange/good-1.png',
  points: 8000,
  unit: 'mm',
};

describe('list of samples', () => {
  it('reads a full entry and opens the one the list names', () => {
    const defect = { ...GOOD, id: 'flange-bulge', kind: 'defect', defect: 'bulge' };
    const read = readSampleCatalogue({ open: 'flange-bulge', samples: [GOOD, defect] });
    expect(read).toMatchObject({
      ok: true,
      value: {
        first: 'flange-bulge',
        problems: [],
        entries: [
          { id: 'flange-good', defect: null, unit: 'mm', points: 8000 },
          { kind: 'defect', defect: 'bulge' },
        ],
      },
    });
  });

  it('does without what is optional: unit, points, thumbnail', () => {
    const { thumbnail, points, unit, ...bare } = GOOD;
    expect([thumbnail, points, unit]).toHaveLength(3);
    expect(readSampleCatalogue({ samples: [bare] })).toMatchObject({
      value: { first: 'flange-good', entries: [{ thumbnail: null, points: 0, unit: 'file' }] },
    });
  });

  it('keeps the other samples when one entry is broken, and names that entry', () => {
    const read = readSampleCatalogue({ samples: [{ ...GOOD, title: 7 }, 'x', GOOD, GOOD] });
    expect(read.ok && read.value.entries).toHaveLength(1);
    expect(read.ok && read.value.problems).toEqual([
      'samples/manifest.json: entry 1 was left out: "title" must be a text',
      'samples/manifest.json: entry 2 was left out: must be an object',
      'samples/manifest.json: entry 4 was left out: repeats "flange-good"',
    ]);
  });

  it('never lets an entry point outside the folder of samples', () => {
    for (const file of [
      '../secret.ply',
      '/etc/passwd',
      'https://x.org/a.ply',
      'a/../../b',
      'a\\b',
      'a?b',
      '',
    ]) {
      const read = readSampleCatalogue({ samples: [{ ...GOOD, file }] });
      expect(read.ok && read.value.entries, file).toEqual([]);
    }
  });

  it('answers every JSON value with a list or an error that names the file, never with an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const read = readSampleCatalogue(json);
        if (!read.ok) expect(read.error.where).toBe('samples/manifest.json');
      }),
    );
  });
});

describe('gallery', () => {
  it('begins with the part the model knows and loses no sample', () => {
    const parts = ['flange', 'bottle', 'flange', 'bracket'];
    const read = readSampleCatalogue({ samples: parts.map((part, i) => ({ ...GOOD, id: `${i}`, part })) });
    const entries = read.ok ? read.value.entries : [];
    const groups = samplesByPart(entries, 'bottle');
    expect(groups.map((group) => group.part)).toEqual(['bottle', 'flange', 'bracket']);
    expect(groups.flatMap((group) => group.entries)).toHaveLength(4);
    expect(samplesByPart(entries, '').map((group) => group.part)).toEqual(['flange', 'bottle', 'bracket']);
  });
});

describe('list of models', () => {
  it('falls back to the first model when the default is unknown', () => {
    const model = { id: 'flange', file: 'flange.safetensors', title: 'Flange' };
    expect(readModelCatalogue({ default: 'gone', models: [model] })).toMatchObject({
      value: { first: 'flange', entries: [{ part: '', note: '' }] },
    });
  });

  it('says which list is missing', () => {
    expect(readModelCatalogue({ samples: [] })).toMatchObject({
      ok: false,
      error: { where: 'models/manifest.json', message: 'has no list "models"' },
    });
    expect(readModelCatalogue({ models: [] })).toMatchObject({ ok: true, value: { first: null } });
  });
});
