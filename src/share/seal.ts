/**
 * A bundle as ciphertext: AES-256-GCM by WebCrypto. The key is random and stands in the link's fragment,
 * which browsers never send; a password, when there is one, is needed besides. The additional data binds
 * format version and id, so that the server cannot give one share out as another.
 */

import { joined } from './deflate.ts';
import { ShareError } from './problem.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const MAGIC = 0x45334f50; // "PO3E", little-endian
const SEAL_VERSION = 1;
const HEADER = 38;
const TAG = 16;
/** What sealing adds to a bundle, bytes. */
export const SEAL_BYTES = HEADER + TAG;
export const KEY_BYTES = 32;
/** PBKDF2-HMAC-SHA-256: what OWASP's password storage sheet asks for (2023). About 0.3 s on a laptop. */
const ITERATIONS = 600_000;
/** What a hostile file may ask of the reader's machine. */
const MOST_ITERATIONS = 10_000_000;
const FEWEST_ITERATIONS = 100_000;

const utf8 = new TextEncoder();

export interface SealSecrets {
  /** [32] from the link; null for a share that only has a password. */
  readonly key: Bytes | null;
  /** Empty for none. */
  readonly password: string;
}

export function newKey(): Bytes {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}

async function stretched(password: string, salt: Bytes, iterations: number): Promise<Bytes> {
  // The same letters may be typed composed or decomposed: NFKC makes them the same bytes.
  const typed = utf8.encode(password.normalize('NFKC'));
  const material = await crypto.subtle.importKey('raw', typed, 'PBKDF2', false, ['deriveBits']);
  const bits = await crypto.subtle.deriveBits(
    { name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
    material,
    KEY_BYTES * 8,
  );
  return new Uint8Array(bits);
}

/** HKDF-SHA-256 over link key and stretched password: both are needed. */
async function contentKey(
  { key, password }: SealSecrets,
  salt: Bytes,
  iterations: number,
): Promise<CryptoKey> {
  const parts = [key ?? new Uint8Array(0)];
  if (iterations > 0) parts.push(await stretched(password, salt, iterations));
  const material = await crypto.subtle.importKey('raw', joined(parts), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt, info: utf8.encode('po3ad share v1') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

function additionalData(header: Bytes, id: string): Bytes {
  return joined([header, utf8.encode(id)]);
}

/** @param id what the share is called; empty for one that is not stored */
export async function seal(bytes: Bytes, id: string, secrets: SealSecrets): Promise<Bytes> {
  if (secrets.key === null && secrets.password === '') throw new RangeError('nothing to encrypt with');
  const iterations = secrets.password === '' ? 0 : ITERATIONS;
  const header = new Uint8Array(HEADER);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC, true);
  header[4] = SEAL_VERSION;
  header[5] = iterations > 0 ? 1 : 0;
  view.setUint32(6, iterations, true);
  const salt = crypto.getRandomValues(header.subarray(10, 26));
  const iv = crypto.getRandomValues(header.subarray(26, HEADER));
  const key = await contentKey(secrets, salt.slice(), iterations);
  const additional = additionalData(header, id);
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: iv.slice(), additionalData: additional },
    key,
    bytes,
  );
  return joined([header, new Uint8Array(sealed)]);
}

interface SealHeader {
  readonly iterations: number;
  readonly salt: Bytes;
  readonly iv: Bytes;
}

function readSealHeader(sealed: Bytes): SealHeader {
  const view = new DataView(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (sealed.length < 4 || view.getUint32(0, true) !== MAGIC)
    throw new ShareError('damaged', 'byte 0', 'this is no encrypted heatmap');
  if (sealed.length < HEADER + TAG)
    throw new ShareError('cut', `byte ${sealed.length}`, 'the data ends too early');
  const version = sealed[4]!;
  if (version !== SEAL_VERSION)
    throw new ShareError(
      version > SEAL_VERSION ? 'newer' : 'damaged',
      'byte 4',
      `encryption form ${version}`,
    );
  const iterations = view.getUint32(6, true);
  const fits =
    sealed[5] === 0
      ? iterations === 0
      : sealed[5] === 1 && iterations >= FEWEST_ITERATIONS && iterations <= MOST_ITERATIONS;
  if (!fits) throw new ShareError('damaged', 'byte 5', 'the key derivation is not one of ours');
  return { iterations, salt: sealed.slice(10, 26), iv: sealed.slice(26, HEADER) };
}

/** @returns whether a password is asked for @throws ShareError when it is no sealed bundle */
export function needsPassword(sealed: Bytes): boolean {
  return readSealHeader(sealed).iterations > 0;
}

/** @throws ShareError `cut`, `damaged`, `newer`, `password-needed`, `wrong-password` or `wrong-key` */
export async function unseal(sealed: Bytes, id: string, secrets: SealSecrets): Promise<Bytes> {
  const { iterations, salt, iv } = readSealHeader(sealed);
  if (iterations > 0 && secrets.password === '')
    throw new ShareError('password-needed', '', 'it is protected by a password');
  if (iterations === 0 && secrets.key === null) throw new ShareError('no-key', '', 'the link has no key');
  const key = await contentKey(secrets, salt, iterations);
  try {
    const additional = additionalData(sealed.slice(0, HEADER), id);
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv, additionalData: additional },
      key,
      sealed.subarray(HEADER),
    );
    return new Uint8Array(plain);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    // GCM cannot tell a wrong key from changed bytes, and must not.
    throw iterations > 0
      ? new ShareError('wrong-password', '', 'the password does not fit, or the data or link was changed')
      : new ShareError('wrong-key', '', 'the key in the link does not fit, or the data was changed');
  }
}
