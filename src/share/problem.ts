/** What can be wrong with a shared link, as errors with a place; the page has words for every problem. */

import { StudioError } from '../core/errors.ts';

export type ShareProblem =
  /** The link or its data ends too early: mail programs cut long links. */
  | 'cut'
  /** Not what was sent: a letter changed, bytes changed, or nothing of ours at all. */
  | 'damaged'
  /** Made by a newer studio. */
  | 'newer'
  /** Too many points or bytes to be opened or stored. */
  | 'too-large'
  | 'no-key'
  /** Does not decrypt with the key of the link. */
  | 'wrong-key'
  | 'password-needed'
  /** Does not decrypt with the key of the link and this password. */
  | 'wrong-password'
  /** The server has never had it. */
  | 'unknown'
  /** Revoked or expired, and deleted. */
  | 'gone'
  /** Not the token of the one who shared it. */
  | 'not-owner'
  /** Too many requests; later again. */
  | 'busy'
  /** The server has no room. */
  | 'full'
  /** No answer, or one that makes no sense. */
  | 'no-server';

export class ShareError extends StudioError {
  readonly kind = 'format';
  readonly problem: ShareProblem;
  constructor(problem: ShareProblem, where: string, message: string) {
    super(where, message);
    this.problem = problem;
  }
}

export type ShareResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ShareError };

/** @returns the error as a value; anything that is not a ShareError is a fault of ours and goes on */
export async function asResult<T>(work: () => Promise<T>): Promise<ShareResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ShareError) return { ok: false, error };
    throw error;
  }
}
