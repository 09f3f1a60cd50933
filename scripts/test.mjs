/** `npm test`: set up, then every check there is; all run even when one fails. */
import { setUpChromium } from './lib/chromium.mjs';
import { setUp } from './setup.mjs';

setUp();
// After the set-up: these need what it installs.
const { buildCli, buildPage, buildServer } = await import('./lib/build.mjs');
const { binOf, runSteps, vitestStep } = await import('./lib/steps.mjs');

// Before the GPU tests: where there is no GPU, Dawn computes on the SwiftShader that comes with Chromium.
const chromium = setUpChromium();
if (chromium.path === null) console.error(chromium.advice);
const env = chromium.path === null ? {} : { CHROMIUM_PATH: chromium.path };
const browserReport = 'test-results/browser.json';

process.exitCode = await runSteps([
  { name: 'lint', command: [binOf('@biomejs/biome'), 'ci'] },
  { name: 'types', command: [binOf('typescript', 'tsc')] },
  { name: 'unused code', command: [binOf('knip')] },
  vitestStep('unit tests', 'node', env),
  vitestStep('GPU tests', 'gpu', env),
  {
    name: 'build',
    run: async () => {
      await buildPage();
      await buildCli();
      await buildServer();
    },
  },
  {
    name: 'browser tests',
    command: [binOf('playwright'), 'test', '--reporter=list,json'],
    report: browserReport,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport },
  },
]);
