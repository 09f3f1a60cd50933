/**
 * Errors are values with a place. Code throws these classes; wherever they cross a boundary (worker
 * message, command-line JSON, page) they travel as `ErrorValue`.
 */

export type ErrorKind =
  | 'format'
  | 'capacity'
  | 'device-lost'
  | 'no-webgpu'
  | 'model-mismatch'
  | 'invalid-input'
  | 'cancelled'
  | 'internal';

/** What the page and the command line show: what happened, where, and what to do next. */
export interface ErrorValue {
  readonly kind: ErrorKind;
  /** File, line, byte, kernel or parameter; empty when there is none. */
  readonly where: string;
  readonly message: string;
}

/** Base of every error the project raises on purpose. */
export abstract class StudioError extends Error {
  abstract readonly kind: ErrorKind;
  readonly where: string;
  constructor(where: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.where = where;
  }
}

/** A file that cannot be read as what it claims to be. `where` is "file: line 12" or "file: byte 340". */
export class FormatError extends StudioError {
  readonly kind = 'format';
  constructor(file: string, place: string, why: string) {
    super(place === '' ? file : `${file}: ${place}`, why);
  }
}

/** A buffer or table that is too small for the data; nothing is ever cut off silently. */
export class CapacityError extends StudioError {
  readonly kind = 'capacity';
  readonly needed: number;
  readonly available: number;
  constructor(kernel: string, needed: number, available: number, what = 'items') {
    super(kernel, `needs ${needed} ${what}, only ${available} available`);
    this.needed = needed;
    this.available = available;
  }
}

/** There was not enough memory for what was asked. A smaller batch, network or scan may do. */
export class OutOfMemoryError extends StudioError {
  readonly kind = 'capacity';
}

/** The GPU went away (driver reset, laptop lid, out of memory). */
export class DeviceLostError extends StudioError {
  readonly kind = 'device-lost';
}

/** No WebGPU adapter here; the wasm fallback is the way on. */
export class NoWebGpuError extends StudioError {
  readonly kind = 'no-webgpu';
}

/** Weights that do not fit the architecture they claim. */
export class ModelMismatchError extends StudioError {
  readonly kind = 'model-mismatch';
}

/** An argument or a cloud that the method cannot work on (too few points, all equal, not finite). */
export class InvalidInputError extends StudioError {
  readonly kind = 'invalid-input';
}

/** The user said stop. */
export class CancelledError extends StudioError {
  readonly kind = 'cancelled';
  constructor(where = '') {
    super(where, 'cancelled');
  }
}

/** @returns the transferable form; anything unforeseen becomes kind `internal` with its message kept. */
export function toErrorValue(error: unknown): ErrorValue {
  if (error instanceof StudioError) return { kind: error.kind, where: error.where, message: error.message };
  if (error instanceof Error) return { kind: 'internal', where: error.name, message: error.message };
  return { kind: 'internal', where: '', message: String(error) };
}

/** @throws CancelledError when the signal has fired */
export function throwIfCancelled(signal: AbortSignal | undefined, where = ''): void {
  if (signal?.aborted) throw new CancelledError(where);
}
