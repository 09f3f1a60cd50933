/**
 * Keeps evaluations and comparisons in the browser's files, a file each in two slots, so that they can be
 * compared with those of another day. Rankings are packed and read again only when a chart asks for them.
 *
 *     "PO3ADEVA" | version u32 | length u32 | deflate of: text length u32 | text (JSON) | rankings
 */

import { FormatError, StudioError } from '../core/errors.ts';
import type { Ranking } from '../detect/metrics.ts';
import type { CategoryReport } from '../detect/report.ts';
import type { FileStore } from '../io/fileStore.ts';
import { Slots } from '../io/slots.ts';
import { deflate, inflate, joined } from '../share/deflate.ts';
import type { AblationRun } from './ablationState.ts';
import type { EvaluationRun, EvaluationStatus } from './evaluationState.ts';
import { packRanking, unpackRanking } from './rankingCodec.ts';

const FOLDER = 'evaluations';
const MAGIC = new TextEncoder().encode('PO3ADEVA');
const VERSION = 1;
const HEADER = MAGIC.length + 8;

type Bytes = Uint8Array<ArrayBuffer>;

/** What is kept. */
export type KeptEvaluation =
  | { readonly kind: 'run'; readonly run: EvaluationRun }
  | { readonly kind: 'ablation'; readonly run: AblationRun };

/** A file that this version cannot read. */
export interface UnreadableEvaluation {
  readonly id: string;
  readonly why: string;
}

export interface KeptEvaluations {
  /** The oldest first. */
  readonly kept: readonly KeptEvaluation[];
  readonly unreadable: readonly UnreadableEvaluation[];
}

/** JSON has no NaN, which a figure is that is not defined. */
const ODD: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function toText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' && !Number.isFinite(item) ? { odd: String(item) } : item,
  );
}

function fromText(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) =>
    typeof item === 'object' && item !== null && 'odd' in item ? ODD[String(item.odd)] : item,
  );
}

/** A run that was under way when it was kept for the last time was broken off. */
const settled = (status: EvaluationStatus): EvaluationStatus =>
  status.kind === 'running' ? { kind: 'cancelled' } : status;

function withoutRankings(kept: KeptEvaluation): {
  readonly text: string;
  readonly rankings: readonly Bytes[];
} {
  if (kept.kind === 'ablation') return { text: toText({ ...kept, sizes: [] }), rankings: [] };
  const rankings = kept.run.reports.map(({ pointRanking }) => packRanking(pointRanking));
  const reports = kept.run.reports.map(({ pointRanking: _, ...report }) => report);
  const sizes = rankings.map(({ length }) => length);
  return { text: toText({ kind: 'run', run: { ...kept.run, reports }, sizes }), rankings };
}

export async function encodeEvaluation(kept: KeptEvaluation): Promise<Bytes> {
  const { text, rankings } = withoutRankings(kept);
  const words = new TextEncoder().encode(text);
  const length = new Uint8Array(new Uint32Array([words.length]).buffer);
  const body = joined([length, words, ...rankings]);
  const head = new Uint8Array(HEADER);
  head.set(MAGIC);
  new DataView(head.buffer).setUint32(MAGIC.length, VERSION, true);
  new DataView(head.buffer).setUint32(MAGIC.length + 4, body.length, true);
  return joined([head, await deflate(body)]);
}

/** The ranking is unpacked when it is asked for first: a list of runs needs none. */
function reportOf(report: Omit<CategoryReport, 'pointRanking'>, packed: Bytes): CategoryReport {
  let unpacked: Ranking | null = null;
  return {
    ...report,
    get pointRanking() {
      unpacked ??= unpackRanking(packed);
      return unpacked;
    },
  };
}

/** What stands in the text. */
type Written = {
  readonly sizes: readonly number[];
} & (
  | {
      readonly kind: 'run';
      readonly run: Omit<EvaluationRun, 'reports'> & {
        readonly reports: readonly Omit<CategoryReport, 'pointRanking'>[];
      };
    }
  | { readonly kind: 'ablation'; readonly run: AblationRun }
);

/** @throws FormatError for a file of another version; ShareError when it does not decompress */
export async function decodeEvaluation(id: string, bytes: Bytes): Promise<KeptEvaluation> {
  if (bytes.length < HEADER || !MAGIC.every((byte, i) => bytes[i] === byte))
    throw new FormatError(id, '', 'is no evaluation');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint32(MAGIC.length, true);
  if (version !== VERSION)
    throw new FormatError(id, 'version', `was kept by another version of the studio (format ${version})`);
  const body = await inflate(bytes.slice(HEADER), view.getUint32(MAGIC.length + 4, true), id);
  const words = new DataView(body.buffer).getUint32(0, true);
  const text = new TextDecoder().decode(body.subarray(4, 4 + words));
  // Written whole by the same version, or it is not read at all: the slots know its hash.
  const written = fromText(text) as Written;
  const status = settled(written.run.status);
  if (written.kind === 'ablation') return { kind: 'ablation', run: { ...written.run, status } };
  let at = 4 + words;
  const reports = written.run.reports.map((report, i) => {
    const packed = body.slice(at, at + written.sizes[i]!);
    at += packed.length;
    return reportOf(report, packed);
  });
  return { kind: 'run', run: { ...written.run, reports, status } };
}

export class EvaluationFiles {
  private readonly files: FileStore;
  private readonly slots = new Map<string, Slots>();
  /** Writes go out one after another: a run is kept again with every category. */
  private tail: Promise<void> = Promise.resolve();

  constructor(files: FileStore) {
    this.files = files;
  }

  /** @throws StorageError */
  async list(): Promise<KeptEvaluations> {
    const names = await this.files.list(FOLDER);
    const ids = new Set(names.map((name) => name.replace(/\.[ab]$/, '')));
    const kept: KeptEvaluation[] = [];
    const unreadable: UnreadableEvaluation[] = [];
    for (const id of ids) {
      try {
        const bytes = await this.of(id).load();
        if (bytes === null) unreadable.push({ id, why: 'was cut off while it was written' });
        else kept.push(await decodeEvaluation(id, bytes));
      } catch (error) {
        if (!(error instanceof StudioError) || error.kind === 'capacity') throw error;
        unreadable.push({ id, why: error.message });
      }
    }
    return { kept: kept.sort((a, b) => a.run.created - b.run.created), unreadable };
  }

  /** @throws StorageError when there is no room; what was kept of it before stays */
  save(kept: KeptEvaluation): Promise<void> {
    return this.afterOthers(async () => this.of(kept.run.id).save(await encodeEvaluation(kept)));
  }

  remove(id: string): Promise<void> {
    return this.afterOthers(async () => {
      this.slots.delete(id);
      for (const slot of ['a', 'b']) await this.files.remove(`${FOLDER}/${id}.${slot}`);
    });
  }

  private of(id: string): Slots {
    const slots = this.slots.get(id) ?? new Slots(this.files, `${FOLDER}/${id}`);
    this.slots.set(id, slots);
    return slots;
  }

  private afterOthers(work: () => Promise<void>): Promise<void> {
    const done = this.tail.then(work);
    // The caller hears of a failure; the next one writes all the same.
    this.tail = done.catch(() => undefined);
    return done;
  }
}
