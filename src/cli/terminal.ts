/** Where output goes: results to stdout (text, or JSON lines), everything else to stderr. */

import { CancelledError, type ErrorValue } from '../core/errors.ts';
import type { Progress } from '../engine/protocol.ts';

interface Streams {
  readonly out: { write(text: string): unknown };
  readonly err: { write(text: string): unknown; readonly isTTY?: boolean };
}

/** Milliseconds between two rewrites of the progress line. */
const PROGRESS_PERIOD = 100;

export class Terminal {
  readonly json: boolean;
  /** Fires on Ctrl+C. */
  readonly signal: AbortSignal;
  private readonly streams: Streams;
  private progressShown = 0;
  private progressLength = 0;

  constructor(streams: Streams, json: boolean, signal: AbortSignal) {
    this.streams = streams;
    this.json = json;
    this.signal = signal;
  }

  /** One result: a JSON line (numbers that are not finite become null), or the lines of text. */
  result(value: object, text: () => string): void {
    this.clearProgress();
    this.streams.out.write(`${this.json ? JSON.stringify(value) : text()}\n`);
  }

  /** A remark for the person in front of it. */
  note(text: string): void {
    this.clearProgress();
    this.streams.err.write(`${text}\n`);
  }

  /** A failed file: a JSON line with `error`, or a line on stderr. */
  failure(file: string, error: ErrorValue): void {
    if (this.json) this.result({ file, error }, () => '');
    else this.note(`${file}: ${describeError(error, file)}`);
  }

  /** A line that is rewritten in place; only where somebody watches. */
  progress(label: string, { stage, fraction }: Progress): void {
    if (this.streams.err.isTTY !== true) return;
    const now = performance.now();
    if (now - this.progressShown < PROGRESS_PERIOD) return;
    this.progressShown = now;
    const text = `${label}: ${stage} ${Math.round(100 * fraction)} %`;
    this.streams.err.write(`\r${text.padEnd(this.progressLength)}`);
    this.progressLength = text.length;
  }

  /** @throws CancelledError after Ctrl+C */
  throwIfCancelled(): void {
    if (this.signal.aborted) throw new CancelledError();
  }

  private clearProgress(): void {
    if (this.progressLength === 0) return;
    this.streams.err.write(`\r${' '.repeat(this.progressLength)}\r`);
    this.progressLength = 0;
  }
}

/** The place is left out where it only repeats the file's name. */
export function describeError({ where, message }: ErrorValue, file = ''): string {
  const place = where.startsWith(file) ? where.slice(file.length).replace(/^: /, '') : where;
  return place === '' ? message : `${place}: ${message}`;
}
