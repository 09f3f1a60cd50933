/** The door of this page to its address. What stands behind "#" opens the heatmap: it is sent nowhere. */

import { repairAddress } from '../share/links.ts';

export interface ViewAddress {
  readonly path: string;
  /** Without "#". */
  readonly fragment: string;
  /** Address of the folder of the page, ending in "/". */
  readonly base: string;
  /** Framed by another page. */
  readonly embedded: boolean;
  /** From a server, not from disk: there is a studio beside it. */
  readonly hosted: boolean;
}

/**
 * Reads the address and puts a mended one in its place, before anything is fetched: a mail scanner that
 * wrote "%23" for "#" would otherwise have the key sent along as part of the path.
 */
export function readAddress(): ViewAddress {
  const { href, pathname, hash, search, protocol } = window.location;
  const { path, fragment } = repairAddress(pathname, hash.slice(1));
  const hosted = protocol === 'https:' || protocol === 'http:';
  if (hosted && (path !== pathname || `#${fragment}` !== hash))
    window.history.replaceState(null, '', `${path}${search}${fragment === '' ? '' : `#${fragment}`}`);
  return {
    path,
    fragment,
    base: new URL(/\/s\/[^/]*$/.test(path) ? '../' : './', new URL(path, href)).href,
    embedded: new URLSearchParams(search).get('embed') === '1',
    hosted,
  };
}

/** Another link put into the address bar of this page opens it. */
export function onAddressChange(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}
