/** `npm start`: set up, build when sources changed, serve the studio and print where. Opens nothing by itself. */
import { parseArgs } from 'node:util';
import { ROOT, setUp } from './setup.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4173' }, host: { type: 'string', default: 'localhost' } },
});
setUp();
const { buildPage } = await import('./lib/build.mjs');
await buildPage();

const { preview } = await import('vite');
// The next free port when this one is taken; headers (cross-origin isolation, CSP) stand in vite.config.ts.
const server = await preview({
  root: ROOT,
  preview: { port: Number(values.port), strictPort: false, host: values.host, open: false },
});
const url = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0];
console.log(`PO3AD studio: ${url}`);
console.log('Ctrl+C stops it.');
