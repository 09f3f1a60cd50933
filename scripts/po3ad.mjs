#!/usr/bin/env node
/**
 * The `po3ad` command: builds its bundle when sources are newer (quietly; messages go to stderr), then runs
 * it in a child process, because Dawn's Vulkan environment must stand before the process starts.
 */
import { join } from 'node:path';
import { buildCli, CLI_BUNDLE } from './lib/build.mjs';
import { runWithVulkan } from './lib/vulkan.mjs';
import { ROOT } from './setup.mjs';

await buildCli();
const bundle = join(ROOT, CLI_BUNDLE);
process.exitCode = await runWithVulkan(process.execPath, ['--no-warnings', bundle, ...process.argv.slice(2)]);
