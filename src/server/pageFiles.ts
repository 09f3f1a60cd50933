/** The built page as the server sends it: from memory, compressed once, with the right headers. */

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { PageKind } from './headers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};
/** Those that shrink. Scans and weights do, too, but only a little. */
const COMPRESSED = new Set(['.html', '.js', '.css', '.json', '.svg', '.wasm', '.txt', '.ply']);
const VIEW_PAGE = 'view.html';

export interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** null where it would not be smaller. */
  readonly gzipped: Uint8Array<ArrayBuffer> | null;
  readonly type: string;
  readonly etag: string;
  /** The name holds a hash of the content. */
  readonly immutable: boolean;
  /** null for what is no page. */
  readonly page: PageKind | null;
}

const compress = promisify(gzip);

/** The header carries the policy, with what only a header can say; two would both have to allow. */
function withoutMetaPolicy(html: string): string {
  return html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>\s*/i, '');
}

export class PageFiles {
  private readonly folder: string;
  private readonly names: ReadonlySet<string>;
  private readonly files = new Map<string, Promise<PageFile>>();

  private constructor(folder: string, names: ReadonlySet<string>) {
    this.folder = folder;
    this.names = names;
  }

  /** @param folder of the built page */
  static async open(folder: string): Promise<PageFiles> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const names = entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
    return new PageFiles(folder, new Set(names));
  }

  /** @param path of the address, decoded, without the leading "/" @returns null when there is no such file */
  find(path: string): Promise<PageFile> | null {
    return this.read(path === '' ? 'index.html' : path, path === '' ? 'index.html' : path, (html) => html);
  }

  /** The page of a shared link, as seen from one folder further down. */
  sharedLink(): Promise<PageFile> | null {
    return this.read('shared link', VIEW_PAGE, (html) => html.replaceAll(/(\s(?:src|href)=")\.\//g, '$1../'));
  }

  private read(key: string, name: string, change: (html: string) => string): Promise<PageFile> | null {
    // Only what the build has written: no path leads anywhere else.
    if (!this.names.has(name)) return null;
    const known = this.files.get(key);
    if (known !== undefined) return known;
    const file = this.load(name, change);
    this.files.set(key, file);
    return file;
  }

  private async load(name: string, change: (html: string) => string): Promise<PageFile> {
    const extension = extname(name);
    const isPage = extension === '.html';
    const raw = await readFile(join(this.folder, name));
    const content = isPage ? Buffer.from(change(withoutMetaPolicy(raw.toString()))) : raw;
    const small = COMPRESSED.has(extension) ? await compress(content, { level: 9 }) : null;
    return {
      body: new Uint8Array(content),
      gzipped: small !== null && small.length < content.length ? new Uint8Array(small) : null,
      type: TYPES[extension] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`,
      immutable: name.startsWith('assets/'),
      page: isPage ? (name === VIEW_PAGE ? 'view' : 'studio') : null,
    };
  }
}
