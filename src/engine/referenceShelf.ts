/**
 * The fitted references that this browser keeps, so that the next visit need not fit them again: a file each,
 * and beside it a card with what lists show. The card is written last and has the hash of the file, so one that
 * was torn or changed is told from a whole one, thrown away and made again.
 */

import { contentHash } from '../core/contentHash.ts';
import { InvalidInputError, StudioError } from '../core/errors.ts';
import type { FittedDetector } from '../detect/detector.ts';
import type { FileStore } from '../io/fileStore.ts';
import { readReferenceFile, writeReferenceFile } from '../io/referenceFile.ts';
import type { ReferenceRecord } from './referenceProtocol.ts';

const FOLDER = 'references';
const CARD = '.json';
const CARD_VERSION = 1;
/** Each is a megabyte or two; the oldest go first. */
const MOST_KEPT = 24;

interface Card extends ReferenceRecord {
  readonly version: number;
  /** Content hash of the file. */
  readonly check: string;
}

/** What came of looking for one: nothing there, it, or why it cannot be used. */
type Taken = { readonly fitted: FittedDetector } | { readonly broken: string } | null;

export class ReferenceShelf {
  private readonly files: FileStore;
  private readonly now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(files: FileStore, now: () => number) {
    this.files = files;
    this.now = now;
  }

  /** The newest first. */
  async list(): Promise<ReferenceRecord[]> {
    const cards = await this.cards();
    return cards.map(({ version: _, check: __, ...record }) => record);
  }

  /** @throws StorageError when there is no room; nothing of it is then kept */
  async keep(id: string, fitted: FittedDetector): Promise<void> {
    const bytes = writeReferenceFile(fitted);
    const used = fitted.reference.members.filter((member) => member.used).map(({ name }) => name);
    const card: Card = {
      version: CARD_VERSION,
      id,
      good: used,
      detector: fitted.detector,
      bytes: bytes.length,
      created: this.now(),
      check: contentHash(bytes),
    };
    try {
      await this.files.write(fileOf(id), bytes);
      await this.files.write(cardOf(id), new TextEncoder().encode(JSON.stringify(card)));
    } catch (error) {
      await this.remove(id);
      throw error;
    }
    for (const { id: old } of (await this.cards()).slice(MOST_KEPT)) await this.remove(old);
  }

  /** One that is broken is thrown away. @throws StorageError */
  async take(id: string): Promise<Taken> {
    const card = await this.card(id);
    if (card === null) return null;
    const bytes = await this.files.read(fileOf(id));
    try {
      if (bytes === null || contentHash(bytes) !== card.check)
        throw new InvalidInputError(fileOf(id), 'is not what was written');
      return { fitted: readReferenceFile(fileOf(id), bytes) };
    } catch (error) {
      if (!(error instanceof StudioError)) throw error;
      await this.remove(id);
      return { broken: error.message };
    }
  }

  async remove(id: string): Promise<void> {
    await this.files.remove(cardOf(id));
    await this.files.remove(fileOf(id));
  }

  private async cards(): Promise<Card[]> {
    const names = (await this.files.list(FOLDER)).filter((name) => name.endsWith(CARD));
    const cards: Card[] = [];
    for (const name of names) {
      const card = await this.card(name.slice(0, -CARD.length));
      if (card !== null) cards.push(card);
    }
    return cards.sort((a, b) => b.created - a.created);
  }

  /** @returns null when there is none, or one that another version wrote, or that was torn */
  private async card(id: string): Promise<Card | null> {
    const bytes = await this.files.read(cardOf(id));
    if (bytes === null) return null;
    try {
      // Version and id are looked at; whatever else is wrong shows in the hash of the file.
      const card = JSON.parse(new TextDecoder().decode(bytes)) as Card;
      return card.version === CARD_VERSION && card.id === id && Array.isArray(card.good) ? card : null;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return null;
    }
  }
}

function checked(id: string): string {
  if (!/^[0-9a-f]+$/.test(id)) throw new InvalidInputError('references', 'this is no id of a reference');
  return id;
}

const fileOf = (id: string) => `${FOLDER}/${checked(id)}.safetensors`;
const cardOf = (id: string) => `${FOLDER}/${checked(id)}${CARD}`;
