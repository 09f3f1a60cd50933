/** Builds the page and the command line, each only when a source is newer than what was built. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { isStale, ROOT } from '../setup.mjs';

const SOURCES = ['src', 'shaders', 'package-lock.json'];
export const CLI_BUNDLE = 'dist/cli/po3ad.mjs';

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

/** One file, moved into place at the end, so that commands started side by side never see half of it. */
export async function buildCli() {
  if (!isStale(CLI_BUNDLE, [...SOURCES, 'vite.cli.config.ts'])) return;
  console.error('Building the command line');
  const { build } = await import('vite');
  const outDir = join(ROOT, `dist/cli-${process.pid}`);
  await build({
    root: ROOT,
    configFile: join(ROOT, 'vite.cli.config.ts'),
    logLevel: 'error',
    build: { outDir },
  });
  mkdirSync(join(ROOT, 'dist/cli'), { recursive: true });
  renameSync(join(outDir, 'po3ad.mjs'), join(ROOT, CLI_BUNDLE));
  rmSync(outDir, { recursive: true });
}
