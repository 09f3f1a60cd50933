import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64url, toBase64url } from './base64url.ts';
import {
  inlineLink,
  isShareId,
  newShareId,
  parseLink,
  repairAddress,
  storedLink,
  TTL_DAYS,
  ttlOfId,
} from './links.ts';
import { ShareError } from './problem.ts';
import { newKey } from './seal.ts';

const BASE = 'https://example.org/studio/';

/** What a browser makes of an address, then what the page makes of that. */
function open(href: string) {
  const url = new URL(href);
  const { path, fragment } = repairAddress(url.pathname, url.hash.slice(1));
  return parseLink(path, fragment);
}

function problemOf(href: string): string {
  try {
    open(href);
  } catch (error) {
    if (error instanceof ShareError) return error.problem;
    throw error;
  }
  return 'none';
}

it('bytes survive the way through an address, and other letters are refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const text = toBase64url(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64url(text)).toEqual(new Uint8Array(bytes));
    }),
  );
  for (const text of ['A', 'A+', 'A/', 'AA==', 'Aß', 'AB']) expect(fromBase64url(text), text).toBeNull();
});

it('an id is unguessable, and says how long it lives', () => {
  for (const days of TTL_DAYS) {
    const ids = Array.from({ length: 200 }, () => newShareId(days));
    expect(new Set(ids).size).toBe(200);
    expect(ids.every((id) => isShareId(id) && ttlOfId(id) === days)).toBe(true);
  }
  for (const id of [
    '',
    '../../etc/passwd',
    `w${'A'.repeat(21)}`,
    `x${'A'.repeat(22)}`,
    `w${'A'.repeat(21)}.`,
  ])
    expect(isShareId(id), id).toBe(false);
});

describe('links', () => {
  const id = newShareId(7);
  const key = newKey();
  const stored = storedLink(BASE, id, key);
  const bytes = Uint8Array.from({ length: 77 }, (_, i) => i * 3);
  const inline = inlineLink(BASE, bytes, false);

  it('open what they were made of', () => {
    expect(stored).toMatch(/^https:\/\/example\.org\/studio\/s\/w[\w-]{22}#v1\.[\w-]{43}$/);
    expect(open(stored)).toEqual({ kind: 'stored', id, key });
    expect(open(inline)).toEqual({ kind: 'inline', bytes, sealed: false });
    expect(open(inlineLink(BASE, bytes, true))).toEqual({ kind: 'inline', bytes, sealed: true });
  });

  it('are repaired after what mail programs and scanners do to them', () => {
    for (const link of [stored, inline]) {
      const expected = open(link);
      for (const done of [
        link.replace('#', '%23'),
        link.replace('#', '%2523'),
        `${link}.`,
        `${link}>,`,
        `${link}%3E`,
        `${link}%0D%0A`,
        `${link.slice(0, -9)}%20${link.slice(-9)}`,
        `${link.slice(0, -9)}\n${link.slice(-9)}`,
      ])
        expect(open(done), done).toEqual(expected);
    }
  });

  it('that were cut say so, wherever the cut is', () => {
    const keyAt = stored.indexOf('v1.') + 3;
    for (let end = keyAt; end < stored.length; end++) expect(problemOf(stored.slice(0, end))).toBe('cut');
    expect(problemOf(stored.slice(0, stored.indexOf('#')))).toBe('no-key');
    expect(problemOf(`${BASE}view.html`)).toBe('no-key');
    expect(problemOf(`${BASE}view.html#b1.`)).toBe('cut');
  });

  it('that are not ours or newer say so', () => {
    expect(problemOf(`${BASE}s/${id}#v2.${'A'.repeat(43)}`)).toBe('newer');
    expect(problemOf(`${BASE}s/${id}#hello`)).toBe('damaged');
    expect(problemOf(`${stored}A`)).toBe('damaged');
    expect(problemOf(`${BASE}view.html#b1.A$A`)).toBe('damaged');
    expect(problemOf(`${BASE}s/short#v1.${'A'.repeat(43)}`)).toBe('damaged');
  });

  it('give an error or a link for every text, never anything else', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (path, fragment) => {
        const repaired = repairAddress(path, fragment);
        try {
          parseLink(repaired.path, repaired.fragment);
        } catch (error) {
          expect(error).toBeInstanceOf(ShareError);
        }
      }),
    );
  });
});
