/** Commands of Share mode: measure what would leave, share it, list and revoke what was shared. */

import { type ErrorValue, toErrorValue } from '../../core/errors.ts';
import type { BundleCamera, ShareBundle } from '../../share/bundle.ts';
import { decodeBundle } from '../../share/decodeBundle.ts';
import { type EncodedBundle, encodeBundle } from '../../share/encodeBundle.ts';
import { inlineLink, newShareId, storedLink } from '../../share/links.ts';
import { offlineFile } from '../../share/offlineFile.ts';
import { ShareError } from '../../share/problem.ts';
import { newKey, seal } from '../../share/seal.ts';
import { LINK_BITS, leanContent, shareContent, shareRoom } from '../shareContent.ts';
import { sharedFiles } from '../sharedScan.ts';
import {
  type MadeShare,
  type OwnShare,
  readOwnShares,
  type ShareOptions,
  type ShareState,
  withOwnShare,
} from '../shareState.ts';
import { activeScan } from '../state.ts';
import { formatBytes, formatCount, isLengthUnit } from '../units.ts';
import type { Context } from './context.ts';

export interface ShareCommands {
  /** Asks the server for its limits, and reads what was shared before. */
  openShare(): Promise<void>;
  setShareOptions(options: Partial<ShareOptions>): void;
  /** Encodes what would leave and says how big it is; the latest call wins. */
  measureShare(camera: BundleCamera | null): Promise<void>;
  makeShare(camera: BundleCamera | null): Promise<void>;
  cancelShare(): void;
  revokeShare(id: string): Promise<void>;
  /** Takes it off the list; a stored one lives on until it expires. */
  forgetShare(id: string): void;
}

type Bytes = Uint8Array<ArrayBuffer>;

class ShareDesk {
  private readonly ctx: Context;
  private measuring = new AbortController();
  private working = new AbortController();

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  private get state(): ShareState {
    return this.ctx.state().share;
  }

  private update(patch: Partial<ShareState>): void {
    this.ctx.update({ share: { ...this.state, ...patch } });
  }

  async open(): Promise<void> {
    const { share } = this.ctx.services;
    this.update({ own: readOwnShares(share.list.load()) });
    const server = await share.client.limits();
    const { options } = this.state;
    const way = server === null && options.way === 'stored' ? 'link' : options.way;
    this.update({ server, options: { ...options, way } });
  }

  setOptions(patch: Partial<ShareOptions>): void {
    this.update({ options: { ...this.state.options, ...patch }, made: null, problem: null });
  }

  async measure(camera: BundleCamera | null): Promise<void> {
    this.measuring.abort();
    const measuring = new AbortController();
    this.measuring = measuring;
    const content = shareContent(this.ctx.state(), camera, this.ctx.services.now());
    if (content === null) {
      this.update({ plan: { kind: 'nothing' } });
      return;
    }
    this.update({ plan: { kind: 'measuring' } });
    try {
      const { bytes, points, bytesPerPoint } = await this.encode(content, measuring.signal);
      if (measuring.signal.aborted) return;
      const { sourcePoints } = content;
      const limit = this.room();
      this.update({
        plan: { kind: 'ready', bytes: bytes.length, limit, points, sourcePoints, bytesPerPoint },
      });
    } catch (error) {
      if (!measuring.signal.aborted)
        this.update({ plan: { kind: 'failed', message: toErrorValue(error).message } });
    }
  }

  async make(camera: BundleCamera | null): Promise<void> {
    const content = shareContent(this.ctx.state(), camera, this.ctx.services.now());
    if (content === null || this.state.busy !== null) return;
    this.working = new AbortController();
    const { signal } = this.working;
    this.update({ busy: 'Packing', made: null, problem: null });
    try {
      const encoded = await this.encode(content, signal);
      const made = await this.send(content, encoded, signal);
      this.update({ busy: null, made });
      this.ctx.log(
        'info',
        `${content.name}: shared, ${formatCount(encoded.points)} points, ${formatBytes(encoded.bytes.length)}`,
      );
    } catch (error) {
      this.update({ busy: null, problem: signal.aborted ? null : problemText(error) });
    }
  }

  cancel(): void {
    this.working.abort(new ShareError('no-server', '', 'cancelled'));
  }

  async revoke(id: string): Promise<void> {
    const share = this.state.own.find((known) => known.id === id);
    if (share === undefined) return;
    try {
      await this.ctx.services.share.client.revoke(id, share.ownerToken);
    } catch (error) {
      // What is gone already needs no revoking.
      const over = error instanceof ShareError && (error.problem === 'gone' || error.problem === 'unknown');
      if (!over) {
        this.update({ problem: `“${share.name}” was not revoked: ${problemText(error)}` });
        return;
      }
    }
    const made = this.state.made?.link === share.link ? null : this.state.made;
    this.keep(this.state.own.map((known) => (known.id === id ? { ...known, revoked: true } : known)));
    this.update({ problem: null, made });
  }

  forget(id: string): void {
    this.keep(this.state.own.filter((known) => known.id !== id));
  }

  private keep(own: readonly OwnShare[]): void {
    this.update({ own });
    if (this.ctx.services.share.list.save(JSON.stringify(own))) return;
    this.ctx.log(
      'warning',
      'This browser does not let the page keep the list of links: they can be revoked until it is closed.',
    );
  }

  private room(): number {
    const { server, options } = this.state;
    const most = server === null || server === 'asking' ? null : server.maxBytes;
    return shareRoom(options, most, this.ctx.services.share.base);
  }

  private encode(content: ShareBundle, signal: AbortSignal): Promise<EncodedBundle> {
    const { way, linkLength, exact } = this.state.options;
    const common = { maxBytes: this.room(), signal };
    if (way === 'link')
      return encodeBundle(leanContent(content), {
        ...common,
        scoreBits: 8,
        offsets: false,
        bits: LINK_BITS[linkLength],
      });
    return encodeBundle(content, { ...common, scoreBits: exact ? 16 : 8, offsets: content.offsets !== null });
  }

  private async send(content: ShareBundle, encoded: EncodedBundle, signal: AbortSignal): Promise<MadeShare> {
    const { way, password } = this.state.options;
    const { bytes, points } = encoded;
    const made = { way, bytes: bytes.length, points, password: password !== '' };
    if (way === 'stored') return { ...made, ...(await this.store(content.name, bytes, signal)) };
    if (password !== '') this.update({ busy: 'Encrypting' });
    const sealed = password === '' ? bytes : await seal(bytes, '', { key: null, password });
    if (way === 'link') {
      const link = inlineLink(this.ctx.services.share.base, sealed, password !== '');
      return { ...made, link, expiresAt: null };
    }
    await this.saveFile(content.name, sealed, password !== '');
    return { ...made, link: null, expiresAt: null };
  }

  private async store(
    name: string,
    bytes: Bytes,
    signal: AbortSignal,
  ): Promise<Pick<MadeShare, 'link' | 'expiresAt'>> {
    const { client, base } = this.ctx.services.share;
    const { ttl, password } = this.state.options;
    this.update({ busy: 'Encrypting' });
    const key = newKey();
    const id = newShareId(ttl);
    const sealed = await seal(bytes, id, { key, password });
    this.update({ busy: 'Sending' });
    const { expiresAt, ownerToken } = await client.upload(id, ttl, sealed, signal);
    const link = storedLink(base, id, key);
    const created = this.ctx.services.now();
    this.keep(
      withOwnShare(this.state.own, { id, ownerToken, link, name, created, expiresAt, revoked: false }),
    );
    return { link, expiresAt };
  }

  private async saveFile(name: string, bytes: Bytes, sealed: boolean): Promise<void> {
    const { fetchFile, save } = this.ctx.services;
    const text = async (path: string): Promise<string> => {
      const fetched = await fetchFile(path);
      if (!fetched.ok) throw new ShareError('no-server', path, `${path}: ${fetched.error.message}`);
      return new TextDecoder().decode(fetched.value);
    };
    const files: unknown = JSON.parse(await text('view-files.json'));
    if (typeof files !== 'object' || files === null || !('script' in files) || !('style' in files))
      throw new ShareError('damaged', 'view-files.json', 'the list of the viewer’s files is broken');
    const [script, style] = [await text(String(files.script)), await text(String(files.style))];
    const html = await offlineFile(name, bytes, sealed, { script, style });
    save(`${name.replace(/[^\p{L}\p{N}._-]+/gu, '_')}.html`, new TextEncoder().encode(html));
  }
}

function problemText(error: unknown): string {
  const { message }: ErrorValue = toErrorValue(error);
  return message;
}

export function createShareCommands(ctx: Context): ShareCommands {
  const desk = new ShareDesk(ctx);
  return {
    openShare: () => desk.open(),
    setShareOptions: (options) => desk.setOptions(options),
    measureShare: (camera) => desk.measure(camera),
    makeShare: (camera) => desk.make(camera),
    cancelShare: () => desk.cancel(),
    revokeShare: (id) => desk.revoke(id),
    forgetShare: (id) => desk.forget(id),
  };
}

/** What opening a shared heatmap needs of the other commands. */
interface Opener {
  openFiles(files: readonly File[]): void;
  openLabels(): Promise<void>;
  importLabels(file: File): Promise<void>;
  changeClass(number: number, patch: { readonly name: string; readonly colour: string }): void;
}

/**
 * Opens what another page hands over: its points are scored anew, its labels go on.
 * @returns false when there was nothing
 */
export async function receiveShare(ctx: Context, opener: Opener): Promise<boolean> {
  const bytes = await ctx.services.share.handover.receive();
  if (bytes === null) return false;
  const decoded = await decodeBundle(bytes);
  if (!decoded.ok) {
    ctx.notify({
      tone: 'error',
      title: 'The shared heatmap could not be opened',
      where: decoded.error.where,
      cause: decoded.error.message,
      next: 'Go back to the page of the link and try again.',
      action: null,
    });
    return false;
  }
  const { scan, labels } = sharedFiles(decoded.value);
  const { unit, name, view } = decoded.value;
  opener.openFiles([scan]);
  const added = ctx.state().scans.at(-1);
  if (added === undefined) return true;
  ctx.updateScan(added.id, { name, unit: isLengthUnit(unit) ? unit : 'file', up: view.up, unplaced: false });
  ctx.update({ view: { ...ctx.state().view, colourMap: view.colourMap } });
  if (labels !== null) {
    await ctx.until(() => activeScan(ctx.state())?.id === added.id && activeScan(ctx.state())?.cloud != null);
    await opener.openLabels();
    await opener.importLabels(labels);
    for (const { number, name: title, colour } of decoded.value.labels?.classes ?? [])
      opener.changeClass(number, { name: title, colour });
  }
  return true;
}
