/** Builds the page, the command line and the server, each only when a source is newer than what was built. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isStale, ROOT } from '../setup.mjs';

const SOURCES = ['src', 'shaders', 'package-lock.json'];
export const CLI_BUNDLE = 'dist/cli/po3ad.mjs';
export const SERVER_BUNDLE = 'dist/server/server.mjs';

const PAGE_SOURCES = [...SOURCES, 'public', 'index.html', 'view.html', 'vite.policy.ts'];

/** The studio's page and the page of a shared link, where their configurations say. */
export async function buildPage() {
  const { build, resolveConfig } = await import('vite');
  const configOf = (name) => ({ root: ROOT, configFile: join(ROOT, name), logLevel: 'error' });
  const [studio, view] = ['vite.config.ts', 'vite.view.config.ts'].map(configOf);
  const { outDir } = (await resolveConfig(studio, 'build', 'production')).build;
  // Written last: a build that broke off in between is not taken for a whole one.
  const last = join(relative(ROOT, resolve(ROOT, outDir)), 'view.html');
  if (!isStale(last, [...PAGE_SOURCES, 'vite.config.ts', 'vite.view.config.ts'])) return;
  console.error('Building the page');
  await build(studio);
  await build(view);
}

/** One file, moved into place at the end, so that processes started side by side never see half of it. */
async function buildForNode(what, bundle, configFile) {
  if (!isStale(bundle, [...SOURCES, configFile])) return;
  console.error(`Building the ${what}`);
  const { build } = await import('vite');
  const folder = dirname(bundle);
  const outDir = join(ROOT, `${folder}-${process.pid}`);
  await build({
    root: ROOT,
    configFile: join(ROOT, configFile),
    logLevel: 'error',
    build: { outDir },
  });
  mkdirSync(join(ROOT, folder), { recursive: true });
  renameSync(join(outDir, basename(bundle)), join(ROOT, bundle));
  rmSync(outDir, { recursive: true });
}

export const buildCli = () => buildForNode('command line', CLI_BUNDLE, 'vite.cli.config.ts');
export const buildServer = () => buildForNode('server', SERVER_BUNDLE, 'vite.server.config.ts');
