/**
 * Reads the lists of bundled samples and models. A list that is broken as a whole is an error; a broken
 * entry is left out and named, so that one bad line does not hide the rest.
 */

import { FormatError, type StudioError } from '../core/errors.ts';
import type { ModelRecord } from '../engine/protocol.ts';
import type { LengthUnit } from './units.ts';
import { isLengthUnit } from './units.ts';

export interface SampleEntry {
  readonly id: string;
  /** Path relative to `samples/`. */
  readonly file: string;
  readonly title: string;
  /** Which part it is a scan of: a model knows one part. */
  readonly part: string;
  readonly kind: 'good' | 'defect';
  /** What is wrong with it, for `defect`. */
  readonly defect: string | null;
  /** Path relative to `samples/`, or null. */
  readonly thumbnail: string | null;
  /** 0 when the list does not say. */
  readonly points: number;
  readonly unit: LengthUnit;
}

export interface ModelEntry {
  readonly id: string;
  /** Path relative to `models/`. */
  readonly file: string;
  readonly title: string;
  /** Which part it was trained on; empty when it is not tied to one. */
  readonly part: string;
  readonly note: string;
  /** `xyz` judges a scan alone, `reference` by good scans. */
  readonly inputs: 'xyz' | 'reference';
  /** Id in the library of this browser; null for a model that comes with the page. */
  readonly libraryId: string | null;
}

/** A list with the entry that is shown first, and what had to be left out. */
export interface Catalogue<T> {
  readonly entries: readonly T[];
  /** Id of an entry, or null for an empty list. */
  readonly first: string | null;
  readonly problems: readonly string[];
}

/** With the good scans of each part, as paths relative to `samples/`. */
export interface SampleCatalogue extends Catalogue<SampleEntry> {
  readonly references: ReadonlyMap<string, readonly string[]>;
}

export type CatalogueResult<C> =
  | { readonly ok: true; readonly value: C }
  | { readonly ok: false; readonly error: StudioError };

/** A model of the library as an entry of the list. @returns undefined for an unknown id */
export function libraryEntry(models: readonly ModelRecord[], id: string): ModelEntry | undefined {
  const record = models.find((known) => known.id === id);
  if (record === undefined) return undefined;
  const { provenance, config } = record.summary;
  const { plan, importedFrom } = provenance;
  const note =
    importedFrom === undefined
      ? `Trained in this browser (${plan ?? 'own setup'}).`
      : `Imported from ${importedFrom}.`;
  const { title } = record;
  return { id, file: title, title, part: '', note, inputs: config.inputs, libraryId: id };
}

export interface SampleGroup {
  readonly part: string;
  readonly entries: readonly SampleEntry[];
}

/** @param first the part whose group comes first, if there is one; the others keep the order of the list */
export function samplesByPart(samples: readonly SampleEntry[], first: string): SampleGroup[] {
  const parts = [...new Set(samples.map((sample) => sample.part))];
  return parts
    .sort((a, b) => Number(b === first) - Number(a === first))
    .map((part) => ({ part, entries: samples.filter((sample) => sample.part === part) }));
}

type Fields = Readonly<Record<string, unknown>>;

/** Thrown inside one entry, caught by `readList`; never leaves this file. */
class EntryProblem extends Error {}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  if (typeof value !== 'string' || value === '') throw new EntryProblem(`"${key}" must be a text`);
  return value;
}

function optionalText(fields: Fields, key: string): string | null {
  const value = fields[key];
  return value === undefined || value === null || value === '' ? null : text(fields, key);
}

/** Only files of this site, below the list's own folder. */
function path(fields: Fields, key: string): string {
  const value = text(fields, key);
  const steps = value.split('/');
  if (/^[a-z]+:|[\\?#]/i.test(value) || steps.includes('..') || steps[0] === '')
    throw new EntryProblem(`"${key}" must be a plain relative path, not "${value}"`);
  return value;
}

function readSample(fields: Fields): SampleEntry {
  const kind = fields.kind;
  if (kind !== 'good' && kind !== 'defect') throw new EntryProblem('"kind" must be "good" or "defect"');
  const { points, unit } = fields;
  return {
    id: text(fields, 'id'),
    file: path(fields, 'file'),
    title: text(fields, 'title'),
    part: text(fields, 'part'),
    kind,
    defect: optionalText(fields, 'defect'),
    thumbnail: optionalText(fields, 'thumbnail') === null ? null : path(fields, 'thumbnail'),
    points: typeof points === 'number' && points > 0 ? points : 0,
    unit: isLengthUnit(unit) ? unit : 'file',
  };
}

function readModel(fields: Fields): ModelEntry {
  return {
    id: text(fields, 'id'),
    file: path(fields, 'file'),
    title: text(fields, 'title'),
    part: optionalText(fields, 'part') ?? '',
    note: optionalText(fields, 'note') ?? '',
    inputs: fields.inputs === 'reference' ? 'reference' : 'xyz',
    libraryId: null,
  };
}

function readList<T extends { readonly id: string }>(
  file: string,
  json: unknown,
  keys: { readonly list: string; readonly first: string },
  readEntry: (fields: Fields) => T,
): CatalogueResult<Catalogue<T>> {
  const list = isFields(json) ? json[keys.list] : undefined;
  if (!isFields(json) || !Array.isArray(list))
    return { ok: false, error: new FormatError(file, '', `has no list "${keys.list}"`) };
  const entries: T[] = [];
  const problems: string[] = [];
  list.forEach((item: unknown, at) => {
    try {
      if (!isFields(item)) throw new EntryProblem('must be an object');
      const entry = readEntry(item);
      if (entries.some((other) => other.id === entry.id)) throw new EntryProblem(`repeats "${entry.id}"`);
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof EntryProblem)) throw error;
      problems.push(`${file}: entry ${at + 1} was left out: ${error.message}`);
    }
  });
  const wanted = json[keys.first];
  const first = entries.find((entry) => entry.id === wanted) ?? entries[0];
  return { ok: true, value: { entries, first: first?.id ?? null, problems } };
}

/** @param json parsed `samples/manifest.json` */
export function readSampleCatalogue(json: unknown): CatalogueResult<SampleCatalogue> {
  const file = 'samples/manifest.json';
  const list = readList(file, json, { list: 'samples', first: 'open' }, readSample);
  if (!list.ok) return list;
  const references = new Map<string, readonly string[]>();
  const problems = [...list.value.problems];
  const given = isFields(json) && isFields(json.references) ? json.references : {};
  for (const [part, files] of Object.entries(given))
    try {
      if (!Array.isArray(files)) throw new EntryProblem('must be a list of files');
      references.set(
        part,
        files.map((name: unknown) => path({ file: name }, 'file')),
      );
    } catch (error) {
      if (!(error instanceof EntryProblem)) throw error;
      problems.push(`${file}: the good scans of "${part}" were left out: ${error.message}`);
    }
  return { ok: true, value: { ...list.value, references, problems } };
}

/** @param json parsed `models/manifest.json` */
export function readModelCatalogue(json: unknown): CatalogueResult<Catalogue<ModelEntry>> {
  const list = readList('models/manifest.json', json, { list: 'models', first: 'default' }, readModel);
  if (!list.ok) return list;
  // A network that needs good scans cannot be what judges a scan alone.
  const alone = list.value.entries.filter(({ inputs }) => inputs === 'xyz');
  const wanted = alone.find(({ id }) => id === list.value.first) ?? alone[0];
  return { ok: true, value: { ...list.value, first: wanted?.id ?? null } };
}
