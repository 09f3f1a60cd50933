/** Builds the page, the command line and the server, each only when a source is newer than what was built. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { isStale, ROOT } from '../setup.mjs';

const SOURCES = ['src', 'shaders', 'package-lock.json'];
export const CLI_BUNDLE = 'dist/cli/po3ad.mjs';
export const SERVER_BUNDLE = 'dist/server/server.mjs';

/** The page, where vite.config.ts says. */
export async function buildPage() {
  const { build, resolveConfig } = await import('vite');
  const config = { root: ROOT, configFile: join(ROOT, 'vite.config.ts'), logLevel: 'error' };
  const { outDir } = (await resolveConfig(config, 'build', 'production')).build;
  const page = join(relative(ROOT, resolve(ROOT, outDir)), 'index.html');
  if (!isStale(page, [...SOURCES, 'public', 'index.html', 'vite.config.ts'])) return;
  console.error('Building the page');
  await build(config);
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
