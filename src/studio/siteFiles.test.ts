import { describe, expect, it } from 'vitest';
import { siteFiles } from './siteFiles.ts';

const answering =
  (response: Response): typeof fetch =>
  () =>
    Promise.resolve(response);

describe('files of the site', () => {
  it('are asked for below the page’s own folder', async () => {
    let asked = '';
    const get = siteFiles('https://a.org/studio/', (url) => {
      asked = String(url);
      return Promise.resolve(new Response(new Uint8Array([1, 2])));
    });
    expect(await get('samples/a.ply')).toMatchObject({ ok: true });
    expect(asked).toBe('https://a.org/studio/samples/a.ply');
  });

  it('that are missing give an error with their path, also where the server answers with its start page', async () => {
    const notFound = siteFiles('https://a.org/', answering(new Response('', { status: 404 })));
    expect(await notFound('models/m')).toMatchObject({
      ok: false,
      error: { where: 'models/m', message: 'the server answered 404' },
    });
    const page = new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } });
    expect(await siteFiles('https://a.org/', answering(page))('models/m')).toMatchObject({ ok: false });
  });

  it('that cannot be fetched at all give an error, not an exception', async () => {
    const offline = siteFiles('https://a.org/', () => Promise.reject(new TypeError('Failed to fetch')));
    expect(await offline('a')).toMatchObject({ ok: false, error: { message: 'Failed to fetch' } });
  });
});
