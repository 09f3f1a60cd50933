/** What a store of shares does: one contract, several places to keep them, tested by the same suite. */

export interface ShareRecord {
  /** SHA-256 of the owner's token, hexadecimal: the token itself is never kept. */
  readonly ownerHash: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface FoundShare extends ShareRecord {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** `gone`: was there, and was revoked or expired. */
export type Missing = 'unknown' | 'gone';

export interface PresignedUpload {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Clients talk to the object store themselves, with addresses that work for minutes. */
export interface Presigner {
  /** What a page must be allowed to connect to. */
  readonly origin: string;
  upload(id: string, record: ShareRecord, bytes: number): Promise<PresignedUpload>;
  /** @param id of a share that has been found */
  download(id: string): Promise<string>;
}

export interface ShareStore {
  /** null where the bytes pass through this server. */
  readonly presigner: Presigner | null;
  /**
   * All or nothing: a body that ends early, throws, or a process that is killed leaves no share behind.
   * @throws what the body throws
   */
  put(id: string, record: ShareRecord, body: AsyncIterable<Uint8Array>): Promise<'stored' | 'taken' | 'full'>;
  get(id: string, now: number): Promise<FoundShare | Missing>;
  /** Without the bytes. */
  find(id: string, now: number): Promise<ShareRecord | Missing>;
  /** Deletes the bytes; what stays is that there was something. */
  remove(id: string, now: number): Promise<void>;
  /** Deletes everything that has expired. @returns how many */
  sweep(now: number): Promise<number>;
}

/** How long it is remembered that a share was there. */
export const REMEMBERED_MS = 30 * 24 * 3600 * 1000;
