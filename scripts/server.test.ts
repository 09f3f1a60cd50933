import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildServer, SERVER_BUNDLE } from './lib/build.mjs';

const ROOT = resolve(import.meta.dirname, '..');
let folder: string;

beforeAll(async () => {
  await buildServer();
  folder = await mkdtemp(join(tmpdir(), 'po3ad-killed-'));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page/index.html'), '<!doctype html>');
}, 120_000);
afterAll(() => rm(folder, { recursive: true }));

/** The server in a process of its own, as `npm start` runs it. */
async function started() {
  const options = { root: folder, page: join(folder, 'page'), host: '127.0.0.1', port: 0, strictPort: true };
  const code = `
    import { startServer } from ${JSON.stringify(pathToFileURL(join(ROOT, SERVER_BUNDLE)).href)};
    const { url } = await startServer({ ...${JSON.stringify(options)}, env: { SHARE_DIR: 'shares' } });
    console.log(url);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { cwd: ROOT });
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return { child, url: String(line).trim() };
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function incomingBytes(): Promise<number> {
  const path = join(folder, 'shares/incoming');
  let bytes = 0;
  for (const name of await readdir(path)) bytes += (await stat(join(path, name))).size;
  return bytes;
}

it('a server that is killed in the middle of an upload leaves no half share, and starts again', async () => {
  const first = await started();
  const { hostname, port } = new URL(first.url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  socket.write(`POST /api/shares HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 1000000\r\n\r\n`);
  socket.write(Buffer.alloc(300_000, 7));
  await until(async () => (await incomingBytes()) > 100_000);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  socket.destroy();
  expect(await incomingBytes()).toBeGreaterThan(100_000);
  expect(await readdir(join(folder, 'shares/objects'))).toEqual([]);

  const second = await started();
  expect(await incomingBytes(), 'cleared away at the next start').toBe(0);
  const body = new Uint8Array(1000).fill(7);
  const stored = await fetch(`${second.url}api/shares`, { method: 'POST', body });
  const { id } = (await stored.json()) as { id: string };
  second.child.kill('SIGKILL');
  await once(second.child, 'exit');

  const third = await started();
  const found = await fetch(`${third.url}api/shares/${id}`);
  expect(new Uint8Array(await found.arrayBuffer()), 'what was answered with 201 is there').toEqual(body);
  third.child.kill();
  await once(third.child, 'exit');
});

it('an upload whose client goes away leaves nothing behind', async () => {
  const { child, url } = await started();
  const { hostname, port } = new URL(url);
  const before = await readdir(join(folder, 'shares/objects'));
  const socket = connect(Number(port), hostname);
  socket.write(`POST /api/shares HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: 1000000\r\n\r\n`);
  socket.write(Buffer.alloc(300_000, 7));
  await until(async () => (await incomingBytes()) > 100_000);
  socket.destroy();
  await until(async () => (await incomingBytes()) === 0);
  expect(await readdir(join(folder, 'shares/objects'))).toEqual(before);
  child.kill();
  await once(child, 'exit');
});
