#!/usr/bin/env node
/**
 * The `po3ad` command: builds its bundle when sources are newer (quietly; messages go to stderr), then runs
 * it in a child process, because Dawn's Vulkan environment must stand before the process starts.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildCli, CLI_BUNDLE } from './lib/build.mjs';
import { runWithVulkan } from './lib/vulkan.mjs';
import { ROOT } from './setup.mjs';

if (!existsSync(join(ROOT, 'node_modules'))) {
  console.error('po3ad: nothing is installed yet; run npm start, npm test or npm ci once.');
  process.exit(1);
}
await buildCli();
const bundle = join(ROOT, CLI_BUNDLE);
process.exitCode = await runWithVulkan(process.execPath, ['--no-warnings', bundle, ...process.argv.slice(2)]);
