/** `npm run build`: the page, the command line and the server. */
import { setUp } from './setup.mjs';

setUp();
const { buildCli, buildPage, buildServer } = await import('./lib/build.mjs');
await buildPage();
await buildCli();
await buildServer();
