/** Builds the bench and runs it with the Vulkan environment. */
import { join } from 'node:path';
import { runWithVulkan } from './lib/vulkan.mjs';
import { ROOT } from './setup.mjs';

const { build } = await import('vite');
await build({ root: ROOT, configFile: join(ROOT, 'vite.bench.config.ts'), logLevel: 'error' });
const bundle = join(ROOT, 'dist/bench/bench.mjs');
process.exitCode = await runWithVulkan(process.execPath, ['--no-warnings', bundle, ...process.argv.slice(2)]);
