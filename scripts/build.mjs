/** `npm run build`: the page and the command line. */
import { setUp } from './setup.mjs';

setUp();
const { buildCli, buildPage } = await import('./lib/build.mjs');
await buildPage();
await buildCli();
