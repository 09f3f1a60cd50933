/** From a link to a heatmap: fetch, decrypt, decode. */

import { fromBase64url } from '../share/base64url.ts';
import type { ShareBundle } from '../share/bundle.ts';
import type { ShareClient } from '../share/client.ts';
import { decodeBundle } from '../share/decodeBundle.ts';
import { parseLink } from '../share/links.ts';
import { asResult, ShareError, type ShareResult } from '../share/problem.ts';
import { needsPassword, unseal } from '../share/seal.ts';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a link leads to, before a password is asked for. */
export interface Found {
  readonly bytes: Bytes;
  /** null when the bytes are the bundle itself. */
  readonly seal: { readonly id: string; readonly key: Bytes | null } | null;
}

export interface Opened {
  readonly bundle: ShareBundle;
  /** As it was shared, for the studio. */
  readonly bytes: Bytes;
}

/** @param embedded base64url of a bundle or of a sealed one, from a file that carries its data; or null */
export function find(
  address: { readonly path: string; readonly fragment: string },
  embedded: string | null,
  client: ShareClient,
): Promise<ShareResult<Found>> {
  return asResult(async () => {
    if (embedded !== null) return fromFile(embedded);
    const link = parseLink(address.path, address.fragment);
    if (link.kind === 'stored')
      return { bytes: await client.download(link.id), seal: { id: link.id, key: link.key } };
    return { bytes: link.bytes, seal: link.sealed ? { id: '', key: null } : null };
  });
}

function fromFile(embedded: string): Found {
  const [, form, data = ''] = /^(b1|e1)\.(.*)$/s.exec(embedded.trim()) ?? [];
  const bytes = fromBase64url(data);
  if (form === undefined || bytes === null)
    throw new ShareError('damaged', 'file', 'the data in this file was changed');
  return { bytes, seal: form === 'e1' ? { id: '', key: null } : null };
}

/** @throws ShareError when it is no sealed bundle */
export function asksForPassword({ bytes, seal }: Found): boolean {
  return seal !== null && needsPassword(bytes);
}

/** @param password empty for none */
export function open(found: Found, password: string): Promise<ShareResult<Opened>> {
  return asResult(async () => {
    const { seal } = found;
    const bytes =
      seal === null ? found.bytes : await unseal(found.bytes, seal.id, { key: seal.key, password });
    const decoded = await decodeBundle(bytes);
    if (!decoded.ok) throw decoded.error;
    return { bundle: decoded.value, bytes };
  });
}
