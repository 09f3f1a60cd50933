/** `npm run quality [DIR]`: runs the TypeScript of scripts/quality through vite, which Node 20 cannot do by itself. */
import { join } from 'node:path';
import { runnerImport } from 'vite';

const { module } = await runnerImport(join(import.meta.dirname, 'quality/main.ts'), { configFile: false });
module.main(process.argv.slice(2));
