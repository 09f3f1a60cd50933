/** `npm run test:reference`: holds our numbers against the original implementation's, where those are. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { setUpChromium } from './lib/chromium.mjs';
import { ROOT, setUp } from './setup.mjs';

const golden = resolve(ROOT, '../shared/golden/SPEC.md');
if (!existsSync(golden)) {
  console.log('The reference data (../shared/golden) are not here: nothing to compare with.');
  console.log('0 passed, 0 failed');
} else {
  setUp();
  const { runSteps, vitestStep } = await import('./lib/steps.mjs');
  const chromium = setUpChromium();
  if (chromium.path === null) console.error(chromium.advice);
  const env = chromium.path === null ? {} : { CHROMIUM_PATH: chromium.path };
  process.exitCode = await runSteps([vitestStep('reference tests', 'reference', env)]);
}
