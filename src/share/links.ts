/**
 * The addresses of shared heatmaps. What opens one stands behind "#", which browsers keep to themselves:
 *   /s/ID#v1.KEY          stored on the server, encrypted with KEY
 *   view.html#b1.BUNDLE   the bundle itself
 *   view.html#e1.SEALED   the bundle itself, encrypted with a password
 */

import { fromBase64url, toBase64url } from './base64url.ts';
import { ShareError } from './problem.ts';
import { KEY_BYTES } from './seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Lengths of links that hold the bundle themselves: the whole address, characters. 2,000 pass nearly everywhere: Discord
 * ends messages at 2,000, classic Outlook for Windows cuts addresses at 2,083 (INTERNET_MAX_URL_LENGTH), a
 * QR code holds 2,953 bytes. 12,000 pass in Teams (28 kB a message, counted as UTF-16) and webmail, while
 * Slack (4,000) and Telegram (4,096) split them and classic Outlook cuts them.
 */
export const LINK_LENGTHS = { everywhere: 2000, webmail: 12_000 } as const;

export type LinkLength = keyof typeof LINK_LENGTHS;

export const TTL_DAYS = [1, 7, 30] as const;
export type TtlDays = (typeof TTL_DAYS)[number];

/** First character of an id: how long it lives, so that stores can sort by it. */
const TTL_MARKS: Readonly<Record<TtlDays, string>> = { 1: 'd', 7: 'w', 30: 'm' };
/** 132 random bits. */
const ID_RANDOM = 22;
const ID = new RegExp(`^[dwm][A-Za-z0-9_-]{${ID_RANDOM}}$`);
const KEY_LETTERS = Math.ceil((KEY_BYTES * 4) / 3);

export function isTtlDays(value: unknown): value is TtlDays {
  return TTL_DAYS.some((days) => days === value);
}

export function isShareId(value: string): boolean {
  return ID.test(value);
}

export function ttlOfId(id: string): TtlDays | null {
  return TTL_DAYS.find((days) => id.startsWith(TTL_MARKS[days])) ?? null;
}

export function newShareId(ttl: TtlDays): string {
  const random = crypto.getRandomValues(new Uint8Array(18));
  return TTL_MARKS[ttl] + toBase64url(random).slice(0, ID_RANDOM);
}

export type ShareLink =
  | { readonly kind: 'stored'; readonly id: string; readonly key: Bytes }
  | { readonly kind: 'inline'; readonly bytes: Bytes; readonly sealed: boolean };

/** @param base address of the page's folder, ending in "/" */
export function storedLink(base: string, id: string, key: Bytes): string {
  return `${base}s/${id}#v1.${toBase64url(key)}`;
}

/** @param letters of the whole address @returns bytes that fit into it */
export function inlineRoom(base: string, letters: number): number {
  return Math.floor(((letters - inlineLink(base, new Uint8Array(0), false).length) * 3) / 4);
}

export function inlineLink(base: string, bytes: Bytes, sealed: boolean): string {
  return `${base}view.html#${sealed ? 'e1' : 'b1'}.${toBase64url(bytes)}`;
}

/**
 * Undoes what mail scanners and programs do to links: "%23" (or "%2523") for "#", line breaks and spaces in
 * the middle, a bracket or full stop swept up at the end.
 * @returns path and fragment, the fragment without "#"
 */
export function repairAddress(path: string, fragment: string): { path: string; fragment: string } {
  const escaped = /%(?:25)*23/i.exec(path);
  const moved =
    escaped === null
      ? { path, fragment }
      : {
          path: path.slice(0, escaped.index),
          fragment: path.slice(escaped.index + escaped[0].length) + fragment,
        };
  // Nothing of ours is ever escaped: what is, somebody else has escaped, perhaps more than once.
  const tidy = moved.fragment
    .replace(/%(?:25)*([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/[\s#]/g, '')
    .replace(/[^\w-]+$/, '');
  return { path: moved.path, fragment: tidy };
}

/**
 * @param path of the address @param fragment without "#", both repaired
 * @throws ShareError `no-key`, `cut`, `newer` or `damaged`, in words the page can show
 */
export function parseLink(path: string, fragment: string): ShareLink {
  const id = /(?:^|\/)s\/([^/]*)\/?$/.exec(path)?.[1];
  if (fragment === '' && id === undefined)
    throw new ShareError('no-key', 'link', 'nothing stands behind the “#”');
  if (fragment === '')
    throw new ShareError(
      'no-key',
      'link',
      'the part behind “#” is missing; without it nobody can read the data',
    );
  const [, form = '', version = '', data = ''] = /^([a-z])(\d+)\.?(.*)$/s.exec(fragment) ?? [];
  if (!['v', 'b', 'e'].includes(form))
    throw new ShareError('damaged', 'link', 'what stands behind “#” is not ours');
  if (version !== '1') throw new ShareError('newer', 'link', `link of form ${form}${version}`);
  if (form === 'v') return parseStored(id, data);
  if (data === '') throw new ShareError('cut', 'link', 'the link ends where the data should begin');
  if (/[^\w-]/.test(data)) throw new ShareError('damaged', 'link', 'letters that no link of ours has');
  // Where a link was cut its last letters are parts of a byte; the lengths inside tell that it was.
  const usable = fromBase64url(data) ?? fromBase64url(data.slice(0, data.length - (data.length % 4)));
  if (usable === null) throw new ShareError('damaged', 'link', 'letters that no link of ours has');
  return { kind: 'inline', bytes: usable, sealed: form === 'e' };
}

function parseStored(id: string | undefined, letters: string): ShareLink {
  if (id === undefined || !isShareId(id))
    throw new ShareError('damaged', 'link', 'the part before “#” names no shared heatmap');
  if (letters.length < KEY_LETTERS)
    throw new ShareError('cut', 'link', `the key has ${letters.length} of ${KEY_LETTERS} letters`);
  const key = letters.length === KEY_LETTERS ? fromBase64url(letters) : null;
  if (key === null) throw new ShareError('damaged', 'link', 'the key behind “#” is not one of ours');
  return { kind: 'stored', id, key };
}
