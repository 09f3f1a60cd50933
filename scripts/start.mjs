/** `npm start`: set up, build when sources changed, serve the studio and print where. Opens nothing by itself. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT, setUp } from './setup.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4173' },
    host: { type: 'string', default: 'localhost' },
    // The next free port is taken when this one is not free, unless it must be this one.
    'strict-port': { type: 'boolean', default: false },
  },
});
setUp();
const { buildPage, buildServer, SERVER_BUNDLE } = await import('./lib/build.mjs');
await buildPage();
await buildServer();

const { startServer } = await import(pathToFileURL(join(ROOT, SERVER_BUNDLE)).href);
try {
  const { url } = await startServer({
    root: ROOT,
    page: join(ROOT, 'dist/page'),
    host: values.host,
    port: Number(values.port),
    strictPort: values['strict-port'],
    env: process.env,
  });
  console.log(`PO3AD studio: ${url}`);
  console.log('Ctrl+C stops it.');
} catch (error) {
  console.error(`The server did not start: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
