import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBundle } from '../share/decodeBundle.ts';
import { encodeBundle } from '../share/encodeBundle.ts';
import { parseLink } from '../share/links.ts';
import { unseal } from '../share/seal.ts';
import { madeBundle } from '../testing/shareBundle.ts';
import { bootedStudio } from '../testing/studio.ts';
import { pointInMiddle } from './shareContent.ts';
import { readOwnShares } from './shareState.ts';
import { activeScan } from './state.ts';

const CAMERA = { position: [1, 2, 30], target: [0, 0, 0] } as const;

/** A share server of a few lines: keeps ciphertext by id. */
function shareServer() {
  const kept = new Map<string, Uint8Array<ArrayBuffer>>();
  const revoked = new Set<string>();
  const fetcher: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const id = new URL(request.url).pathname.split('/').at(-1) ?? '';
    if (id === 'share-limits')
      return Response.json({ maxBytes: 16_000_000, ttlDays: [1, 7, 30], upload: 'direct' });
    if (request.method === 'POST') {
      const given = request.headers.get('Share-Id') ?? '';
      kept.set(given, new Uint8Array(await request.arrayBuffer()));
      return Response.json(
        { id: given, expiresAt: '2030-01-01T00:00:00Z', ownerToken: 'token' },
        { status: 201 },
      );
    }
    if (revoked.has(id)) return Response.json({ error: { code: 'gone', message: 'gone' } }, { status: 410 });
    if (request.headers.get('Authorization') !== 'Bearer token') return new Response(null, { status: 401 });
    revoked.add(id);
    return new Response(null, { status: 204 });
  };
  return { kept, revoked, fetcher };
}

async function sharing(options: Parameters<typeof bootedStudio>[0] = {}) {
  const made = await bootedStudio(options);
  await made.commands.openShare();
  return made;
}

describe('sharing', () => {
  it('stores ciphertext that the link opens, and lists it with the right to revoke', async () => {
    const server = shareServer();
    const { store, commands } = await sharing({ shareServer: server.fetcher });
    commands.setShareOptions({ comment: 'Look here', ttl: 1 });
    await commands.makeShare(CAMERA);
    const { made, own, problem } = store.getState().share;
    expect(problem).toBeNull();
    expect(made).toMatchObject({ way: 'stored', points: 3, password: false });
    const url = new URL(made!.link!);
    const link = parseLink(url.pathname, url.hash.slice(1));
    if (link.kind !== 'stored') throw new Error('must be a stored link');
    const bytes = await unseal(server.kept.get(link.id)!, link.id, { key: link.key, password: '' });
    const opened = await decodeBundle(bytes);
    expect(opened.ok && opened.value).toMatchObject({
      name: 'Flange, bulge',
      unit: 'mm',
      camera: CAMERA,
      result: { verdict: 'not-ok' },
      pins: [{ text: 'Look here' }],
    });
    expect(opened.ok && opened.value.score.length).toBe(3);
    expect(own).toMatchObject([{ id: link.id, name: 'Flange, bulge', revoked: false }]);

    await commands.revokeShare(link.id);
    expect(server.revoked.has(link.id)).toBe(true);
    expect(store.getState().share).toMatchObject({ made: null, own: [{ revoked: true }] });
    // Revoked somewhere else meanwhile: the list learns of it, nobody is bothered.
    await commands.revokeShare(link.id);
    expect(store.getState().share.problem).toBeNull();
    commands.forgetShare(link.id);
    expect(store.getState().share.own).toEqual([]);
  });

  it('measures what would leave before it leaves', async () => {
    const server = shareServer();
    const { store, commands } = await sharing({ shareServer: server.fetcher });
    await commands.measureShare(CAMERA);
    const { plan } = store.getState().share;
    expect(plan).toMatchObject({ kind: 'ready', points: 3, sourcePoints: 3 });
    commands.setShareOptions({ offsets: false });
    await commands.measureShare(CAMERA);
    const without = store.getState().share.plan;
    expect(plan.kind === 'ready' && without.kind === 'ready' && without.bytes < plan.bytes).toBe(true);
    expect(server.kept.size).toBe(0);
  });

  it('without a server offers what needs none: the data in the link', async () => {
    const { store, commands } = await sharing();
    expect(store.getState().share).toMatchObject({ server: null, options: { way: 'link' } });
    commands.setShareOptions({ password: 'bolt 17', linkLength: 'everywhere' });
    await commands.makeShare(CAMERA);
    const link = store.getState().share.made?.link ?? '';
    expect(link.length).toBeLessThanOrEqual(2000);
    const url = new URL(link);
    const parsed = parseLink(url.pathname, url.hash.slice(1));
    if (parsed.kind !== 'inline') throw new Error('must hold its data');
    const bytes = await unseal(parsed.bytes, '', { key: null, password: 'bolt 17' });
    expect((await decodeBundle(bytes)).ok).toBe(true);
  });

  it('cuts the shared scan where the view is cut', async () => {
    const server = shareServer();
    const { store, commands } = await sharing({ shareServer: server.fetcher });
    commands.toggleSection('z');
    commands.setSection('z', { share: 0.25, flipped: true });
    await commands.makeShare(CAMERA);
    const url = new URL(store.getState().share.made!.link!);
    const link = parseLink(url.pathname, url.hash.slice(1));
    if (link.kind !== 'stored') throw new Error('must be a stored link');
    const bytes = await unseal(server.kept.get(link.id)!, link.id, { key: link.key, password: '' });
    const opened = await decodeBundle(bytes);
    if (!opened.ok) throw opened.error;
    const [plane, ...others] = opened.value.sections;
    expect(others).toEqual([]);
    expect(plane!.normal.map(Math.abs)).toEqual([0, 0, 1]);
    const { positions } = activeScan(store.getState())!.cloud!;
    const heights = [2, 5, 8].map((i) => positions[i]!);
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    expect(plane!.offset * plane!.normal[2]).toBeCloseTo(low + 0.25 * (high - low), 5);
    expect(plane!.normal[2]).toBe(-1);
  });

  it.each(['application/octet-stream', 'application/json'])(
    'a static host answers with a file, as %s, and no request fails',
    async (type) => {
      const asked: string[] = [];
      const file = readFileSync('public/api/share-limits', 'utf8');
      const staticHost: typeof fetch = async (input) => {
        asked.push(String(input));
        return new Response(file, { headers: { 'Content-Type': type } });
      };
      const { store } = await sharing({ shareServer: staticHost });
      expect(asked).toEqual(['https://example.org/studio/api/share-limits']);
      expect(store.getState().share).toMatchObject({ problem: null });
      expect(store.getState().share.options.way).not.toBe('stored');
    },
  );

  it('says why when the server takes nothing, and keeps everything as it was', async () => {
    const full: typeof fetch = async (input) =>
      String(input).endsWith('share-limits')
        ? Response.json({ maxBytes: 1000, ttlDays: [1, 7, 30], upload: 'direct' })
        : Response.json(
            { error: { code: 'storage-full', message: 'The server has no room.' } },
            { status: 507 },
          );
    const { store, commands } = await sharing({ shareServer: full });
    await commands.makeShare(CAMERA);
    expect(store.getState().share).toMatchObject({
      made: null,
      busy: null,
      problem: 'The server has no room.',
      own: [],
    });
  });

  it('says which file of the viewer is missing when it saves one for offline use', async () => {
    const { store, commands, saved } = await sharing({ missing: ['view-files.json'] });
    commands.setShareOptions({ way: 'file' });
    await commands.makeShare(CAMERA);
    expect(store.getState().share.problem).toContain('view-files.json');
    expect(saved.size).toBe(0);
  });
});

describe('a shared heatmap that is opened in the studio', () => {
  it('becomes a scan of its own with name and unit, and is scored', async () => {
    const { bytes } = await encodeBundle(
      { ...madeBundle(50), labels: null },
      {
        scoreBits: 8,
        offsets: false,
        maxBytes: 1e6,
      },
    );
    const { store } = await bootedStudio({ handedOver: bytes });
    expect(activeScan(store.getState())).toMatchObject({
      name: 'Flasche „Ω“ 🍾',
      unit: 'mm',
      status: { kind: 'scored' },
    });
  });

  it('that is broken is reported, and the first sample is shown', async () => {
    const { store } = await bootedStudio({ handedOver: new Uint8Array(40) });
    expect(store.getState().notices).toMatchObject([{ title: 'The shared heatmap could not be opened' }]);
    expect(activeScan(store.getState())?.name).toBe('Flange, bulge');
  });
});

describe('list of own links', () => {
  it('survives whatever was stored in its place', () => {
    const share = {
      id: 'a',
      ownerToken: 'b',
      link: 'c',
      name: 'd',
      created: 1,
      expiresAt: 2,
      revoked: false,
    };
    expect(readOwnShares(JSON.stringify([share, { id: 7 }, null]))).toEqual([share]);
    for (const json of [null, '', '{', '7', '{}', '[[]]']) expect(readOwnShares(json)).toEqual([]);
  });
});

it('a comment is pinned to the surface in the middle of the view, not to the far side', () => {
  const positions = Float32Array.of(0, 0, 10, 0, 0, -10, 9, 0, 10);
  expect(pointInMiddle(positions, { position: [0, 0, 50], target: [0, 0, 0] }, 10)).toEqual([0, 0, 10]);
  expect(pointInMiddle(positions, { position: [0, 50, 0], target: [0, 0, 0] }, 10)).toEqual([0, 0, 0]);
});
