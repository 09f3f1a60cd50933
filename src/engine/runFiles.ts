/**
 * What is kept of a training run while it is not over: how it was set up, its scans byte for byte, the
 * newest checkpoint and the best weights so far. The record is written last when a run begins, so a folder
 * without one is a run that never began.
 */

import { FormatError, InvalidInputError } from '../core/errors.ts';
import type { FileStore } from '../io/fileStore.ts';
import { Slots } from '../io/slots.ts';
import type { CheckpointBytes } from './checkpointedRun.ts';
import type { ModelLibrary } from './modelLibrary.ts';
import type {
  ReadingOptions,
  RunRecord,
  TrainingScan,
  TrainingStart,
  ValidationReport,
} from './trainingProtocol.ts';
import type { ScanMarks } from './trainingScans.ts';

const FOLDER = 'runs';
const RECORD_VERSION = 1;

type Bytes = Uint8Array<ArrayBuffer>;

/** Files of the scan that is watched; they take turns. */
const PREVIEW = 'preview';
const OTHER_PREVIEW = 'preview-other';

export interface StoredFile extends ReadingOptions {
  readonly name: string;
  readonly bytes: Bytes;
}

export interface StoredScan extends StoredFile {
  readonly role: TrainingScan['role'];
  readonly marks: ScanMarks;
}

/** Everything a run needs to begin or to go on. */
export interface StoredRun {
  readonly scans: readonly StoredScan[];
  readonly init: { readonly name: string; readonly bytes: Bytes } | null;
  readonly preview: StoredFile | null;
}

/** The best weights so far, as a model file, and the figure that says so. */
export interface BestSoFar {
  readonly report: ValidationReport;
  readonly bytes: Bytes;
}

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

function decode(name: string, bytes: Bytes): RunRecord {
  const { version, ...record } = JSON.parse(new TextDecoder().decode(bytes)) as RunRecord & {
    version: number;
  };
  // Written whole by the same version, or it is not read at all.
  if (version === RECORD_VERSION) return record;
  throw new FormatError(
    name,
    'version',
    `was begun by another version of the studio (${version}): start it anew`,
  );
}

export class RunFiles {
  private readonly files: FileStore;
  private readonly folder: string;
  private readonly recordSlots: Slots;
  private readonly checkpointSlots: Slots;
  private readonly bestSlots: Slots;

  constructor(files: FileStore, id: string) {
    if (!/^[\w-]+$/.test(id)) throw new InvalidInputError('training run', `"${id}" is no id of a run`);
    this.files = files;
    this.folder = `${FOLDER}/${id}`;
    this.recordSlots = new Slots(files, `${this.folder}/record`);
    this.checkpointSlots = new Slots(files, `${this.folder}/checkpoint`);
    this.bestSlots = new Slots(files, `${this.folder}/best`);
  }

  /** Runs that have begun and not ended, the oldest first; what cannot be read is left out. */
  static async list(files: FileStore): Promise<RunRecord[]> {
    const records: RunRecord[] = [];
    for (const id of await files.list(FOLDER)) {
      try {
        const bytes = await new Slots(files, `${FOLDER}/${id}/record`).load();
        if (bytes !== null) records.push(decode(id, bytes));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
      }
    }
    return records.sort((a, b) => a.created - b.created);
  }

  /** @throws StorageError when there is no room; nothing of the run is then left */
  async create(id: string, start: TrainingStart, library: ModelLibrary, created: number): Promise<RunRecord> {
    const { setup, scans, init, preview } = start;
    const parent = init === null ? null : await initialFile(init, library);
    const record: RunRecord = {
      id,
      setup,
      scans: scans.map((scan) => ({ name: scan.name, role: scan.role, ...readingOf(scan) })),
      init: parent?.name ?? null,
      preview: preview?.name ?? null,
      ...(preview === null ? {} : { previewOptions: readingOf(preview) }),
      created,
      step: 0,
      validations: [],
    };
    try {
      for (const [i, { bytes, defects, normal }] of scans.entries()) {
        await this.put(`scan-${i}`, new Uint8Array(bytes));
        if (defects !== undefined) await this.put(`scan-${i}.defects`, bytesOf(defects));
        if (normal !== undefined) await this.put(`scan-${i}.normal`, bytesOf(normal));
      }
      if (parent !== null) await this.put('init', parent.bytes);
      if (preview !== null) await this.put(PREVIEW, new Uint8Array(preview.bytes));
      await this.save(record);
    } catch (error) {
      await this.remove();
      throw error;
    }
    return record;
  }

  /** @throws InvalidInputError when there is no such run; FormatError for one of another version */
  async record(): Promise<RunRecord> {
    const bytes = await this.recordSlots.load();
    if (bytes === null) throw new InvalidInputError('training run', 'is not kept in this browser any more');
    return decode(this.folder, bytes);
  }

  async save(record: RunRecord): Promise<void> {
    await this.recordSlots.save(encode({ version: RECORD_VERSION, ...record }));
  }

  /** @throws InvalidInputError when a file of the run is gone */
  async load(record: RunRecord): Promise<StoredRun> {
    const { scans, init, preview, previewFile = PREVIEW, previewOptions = {} } = record;
    const stored: StoredScan[] = [];
    for (const [i, { name, role, ...reading }] of scans.entries()) {
      const [defects, normal] = [await this.rows(`scan-${i}.defects`), await this.rows(`scan-${i}.normal`)];
      const marks = { ...(defects === null ? {} : { defects }), ...(normal === null ? {} : { normal }) };
      stored.push({ name, role, ...reading, bytes: await this.need(`scan-${i}`, name), marks });
    }
    return {
      scans: stored,
      init: init === null ? null : { name: init, bytes: await this.need('init', init) },
      preview:
        preview === null
          ? null
          : { name: preview, ...previewOptions, bytes: await this.need(previewFile, preview) },
    };
  }

  /**
   * Another scan to watch. Its file is written under a name of its own before the record names it, so that a
   * crash leaves the one before.
   * @returns the record as it was saved
   */
  async changePreview(record: RunRecord, scan: StoredFile | null): Promise<RunRecord> {
    const { previewFile = PREVIEW, previewOptions: _, ...rest } = record;
    const file = previewFile === OTHER_PREVIEW ? PREVIEW : OTHER_PREVIEW;
    if (scan !== null) await this.put(file, scan.bytes);
    const changed: RunRecord =
      scan === null
        ? { ...rest, preview: null }
        : { ...rest, preview: scan.name, previewFile: file, previewOptions: readingOf(scan) };
    await this.save(changed);
    await this.files.remove(`${this.folder}/${previewFile}`);
    return changed;
  }

  checkpoint(): CheckpointBytes {
    return {
      name: `checkpoint of ${this.folder}`,
      save: (bytes) => this.checkpointSlots.save(bytes as Bytes), // written by safetensors into a buffer of its own
      load: () => this.checkpointSlots.load(),
    };
  }

  saveBest(bytes: Bytes): Promise<void> {
    return this.bestSlots.save(bytes);
  }

  loadBest(): Promise<Bytes | null> {
    return this.bestSlots.load();
  }

  async remove(): Promise<void> {
    await this.files.remove(this.folder);
  }

  private put(name: string, bytes: Bytes): Promise<void> {
    return this.files.write(`${this.folder}/${name}`, bytes);
  }

  private async need(file: string, name: string): Promise<Bytes> {
    const bytes = await this.files.read(`${this.folder}/${file}`);
    if (bytes === null) throw new InvalidInputError(name, 'is not kept with the run any more: start it anew');
    return bytes;
  }

  private async rows(file: string): Promise<Uint32Array | null> {
    const bytes = await this.files.read(`${this.folder}/${file}`);
    return bytes === null ? null : new Uint32Array(bytes.buffer);
  }
}

function readingOf({ scale, mesh }: ReadingOptions): ReadingOptions {
  return { ...(scale === undefined ? {} : { scale }), ...(mesh === undefined ? {} : { mesh }) };
}

function bytesOf(rows: Uint32Array): Bytes {
  return new Uint8Array(Uint32Array.from(rows).buffer);
}

async function initialFile(
  init: NonNullable<TrainingStart['init']>,
  library: ModelLibrary,
): Promise<{ name: string; bytes: Bytes }> {
  if (init.kind === 'file') return { name: init.name, bytes: new Uint8Array(init.bytes) };
  return { name: await library.titleOf(init.id), bytes: await library.read(init.id) };
}
