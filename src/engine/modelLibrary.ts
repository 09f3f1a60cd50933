/**
 * The models that this browser keeps: a file each, and beside it a card with what lists show. The card is
 * written last, so a model without one was never finished and is not listed.
 */

import { FormatError, InvalidInputError } from '../core/errors.ts';
import { countParameters, type StateDict } from '../core/networkSpec.ts';
import type { FileStore } from '../io/fileStore.ts';
import { importedConfig } from '../io/inferArchitecture.ts';
import { holdsModel, type ModelFile, readModelFile, writeModelFile } from '../io/modelFile.ts';
import { isPyTorchFile, readPyTorch } from '../io/pytorch.ts';
import { readSafetensors, type SafetensorsFile } from '../io/safetensors.ts';
import { isCheckpoint } from '../train/checkpoint.ts';
import type { ModelSummary } from './protocol.ts';
import type { ModelRecord } from './trainingProtocol.ts';

const FOLDER = 'models';
const GOOD_FOLDER = 'good-scans';
const CARD = '.json';
const CARD_VERSION = 1;
const LONGEST_TITLE = 120;

export type NewModel = Pick<ModelRecord, 'title' | 'thumbnail' | 'metrics' | 'created'>;

/** A good scan byte for byte. */
export interface GoodFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function summaryOf({ hash, config, calibration, provenance }: ModelFile): ModelSummary {
  return { hash, config, parameters: countParameters(config.arch), calibration, provenance };
}

/** "part.v2.pth" -> "part.v2" */
function titleOf(file: string): string {
  return file.replace(/\.(safetensors|pth|pt|ckpt|bin)$/i, '') || file;
}

/**
 * Whatever holds weights of this network: a model file, bare safetensors, a checkpoint of the original.
 * @returns the bytes of a model file
 * @throws FormatError, ModelMismatchError
 */
export function asModelFile(name: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const state = isPyTorchFile(bytes) ? readPyTorch(name, bytes) : bareWeights(name, bytes);
  if (state === null) {
    // Whole and of this version, or its own reader says what is wrong.
    readModelFile(name, bytes);
    return bytes;
  }
  const config = importedConfig(name, titleOf(name), state);
  return writeModelFile({ config, state, calibration: null, provenance: { importedFrom: name } });
}

/** @returns null for a model file, which has a config beside its weights */
function bareWeights(name: string, bytes: Uint8Array): StateDict | null {
  let file: SafetensorsFile;
  try {
    file = readSafetensors(name, bytes);
  } catch (error) {
    if (!(error instanceof FormatError) || looksLikeSafetensors(bytes)) throw error;
    throw new FormatError(name, '', 'is neither a model file (safetensors) nor a PyTorch checkpoint (.pth)');
  }
  if (isCheckpoint(file))
    throw new FormatError(name, '', 'is the checkpoint of a training run, not a model: finish the run first');
  return holdsModel(file) ? null : file.tensors;
}

/** The header of such a file begins with a brace behind its eight bytes of length. */
function looksLikeSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b;
}

export class ModelLibrary {
  private readonly files: FileStore;

  constructor(files: FileStore) {
    this.files = files;
  }

  /** The newest first. */
  async list(): Promise<ModelRecord[]> {
    const names = await this.files.list(FOLDER);
    const records: ModelRecord[] = [];
    for (const name of names.filter((file) => file.endsWith(CARD))) {
      const record = await this.card(name.slice(0, -CARD.length));
      if (record !== null) records.push(record);
    }
    return records.sort((a, b) => b.created - a.created);
  }

  /**
   * @param bytes a model file
   * @param good scans that it compares with
   * @throws StorageError when there is no room; nothing of it is then kept
   */
  async add(
    bytes: Uint8Array<ArrayBuffer>,
    { title, thumbnail, metrics, created }: NewModel,
    good: readonly GoodFile[] = [],
  ): Promise<ModelRecord> {
    const summary = summaryOf(readModelFile(title, bytes));
    const record: ModelRecord = {
      id: summary.hash,
      title: title.slice(0, LONGEST_TITLE),
      created,
      bytes: bytes.length,
      thumbnail,
      summary,
      metrics,
      ...(good.length === 0 ? {} : { good: good.map(({ name }) => name) }),
    };
    try {
      await this.files.write(this.weights(record.id), bytes);
      for (const [i, scan] of good.entries()) await this.files.write(this.goodScan(record.id, i), scan.bytes);
      await this.write(record);
    } catch (error) {
      await this.remove(record.id);
      throw error;
    }
    return record;
  }

  /** @throws InvalidInputError when there is no such model */
  async read(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.files.read(this.weights(id));
    if (bytes === null) throw new InvalidInputError('model library', `has no model ${id.slice(0, 12)}`);
    return bytes;
  }

  /** Those that are kept with it. @throws InvalidInputError when there is no such model */
  async goodScans(id: string): Promise<GoodFile[]> {
    const { good = [] } = await this.need(id);
    const scans: GoodFile[] = [];
    for (const [i, name] of good.entries()) {
      const bytes = await this.files.read(this.goodScan(id, i));
      if (bytes !== null) scans.push({ name, bytes });
    }
    return scans;
  }

  /** @throws InvalidInputError when there is no such model */
  async titleOf(id: string): Promise<string> {
    return (await this.need(id)).title;
  }

  /** @throws InvalidInputError when there is no such model, or for an empty title */
  async rename(id: string, title: string): Promise<ModelRecord> {
    const record = await this.need(id);
    const wanted = title.trim().slice(0, LONGEST_TITLE);
    if (wanted === '') throw new InvalidInputError('model library', 'a model needs a name');
    const renamed = { ...record, title: wanted };
    await this.write(renamed);
    return renamed;
  }

  async remove(id: string): Promise<void> {
    await this.files.remove(`${FOLDER}/${id}${CARD}`);
    await this.files.remove(this.weights(id));
    await this.files.remove(this.goodFolder(id));
  }

  /** A folder of its own beside the models. */
  private goodFolder(id: string): string {
    return `${GOOD_FOLDER}/${id}`;
  }

  private goodScan(id: string, index: number): string {
    return `${this.goodFolder(id)}/${index}`;
  }

  private async need(id: string): Promise<ModelRecord> {
    const record = await this.card(id);
    if (record === null) throw new InvalidInputError('model library', `has no model ${id.slice(0, 12)}`);
    return record;
  }

  private weights(id: string): string {
    if (!/^[0-9a-f]+$/.test(id)) throw new InvalidInputError('model library', 'this is no id of a model');
    return `${FOLDER}/${id}.safetensors`;
  }

  private async write(record: ModelRecord): Promise<void> {
    const text = JSON.stringify({ version: CARD_VERSION, ...record });
    await this.files.write(`${FOLDER}/${record.id}${CARD}`, new TextEncoder().encode(text));
  }

  /** @returns null when there is none, or one that another version wrote, or that was torn */
  private async card(id: string): Promise<ModelRecord | null> {
    const bytes = await this.files.read(`${FOLDER}/${id}${CARD}`);
    if (bytes === null) return null;
    try {
      const { version, ...record } = JSON.parse(new TextDecoder().decode(bytes)) as ModelRecord & {
        version: number;
      };
      if (version === CARD_VERSION && record.id === id) return record;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
    return this.recover(id);
  }

  /** The weights tell almost everything: a model is not lost with its card. */
  private async recover(id: string): Promise<ModelRecord | null> {
    const bytes = await this.files.read(this.weights(id));
    if (bytes === null) return null;
    try {
      const summary = summaryOf(readModelFile(id, bytes));
      const title = summary.config.name;
      return { id, title, created: 0, bytes: bytes.length, thumbnail: null, summary, metrics: null };
    } catch (error) {
      if (error instanceof FormatError) return null;
      throw error;
    }
  }
}
