/** `node scripts/vitest.mjs ARGS...`: vitest with the Vulkan environment that Dawn needs. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { runWithVulkan } from './lib/vulkan.mjs';

const folder = dirname(createRequire(import.meta.url).resolve('vitest/package.json'));
process.exit(
  await runWithVulkan(process.execPath, [join(folder, 'vitest.mjs'), 'run', ...process.argv.slice(2)]),
);
