/**
 * A list of checks that all run, whatever fails, each timed; ends with one line `N passed, N failed`.
 * A step with a JSON report counts its test cases; any other counts as one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from '../setup.mjs';

/** Vitest's and Playwright's JSON reports. */
function countCases(file) {
  const report = JSON.parse(readFileSync(file, 'utf8'));
  if (report.stats !== undefined) {
    const { expected, unexpected, flaky, skipped } = report.stats;
    return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
  }
  const broken = report.testResults.filter((r) => r.status === 'failed' && r.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + (report.numTodoTests ?? 0),
  };
}

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {string[]} [command] arguments for Node, run in the project's root
 * @property {() => Promise<void>} [run] instead of a command
 * @property {string} [report] where the command writes its JSON report
 * @property {Record<string, string>} [env]
 */

/** @param {Step} step */
async function runStep({ name, command, run, report, env }) {
  console.log(`\n--- ${name}`);
  const started = performance.now();
  if (report !== undefined) {
    rmSync(join(ROOT, report), { force: true });
    mkdirSync(dirname(join(ROOT, report)), { recursive: true });
  }
  let ok = true;
  if (run !== undefined)
    await run().catch((error) => {
      ok = false;
      console.error(error instanceof Error ? error.message : error);
    });
  else {
    const options = { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } };
    ok = spawnSync(process.execPath, command, options).status === 0;
  }
  const cases =
    report !== undefined && existsSync(join(ROOT, report))
      ? countCases(join(ROOT, report))
      : { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  // A run can fail without a failing case: an unhandled error, no tests found, a hook.
  if (!ok && cases.failed === 0) cases.failed = 1;
  return { name, ...cases, seconds: (performance.now() - started) / 1000 };
}

/**
 * @param {Step[]} steps
 * @returns {Promise<number>} exit code
 */
export async function runSteps(steps) {
  const results = [];
  for (const step of steps) results.push(await runStep(step));
  console.log('');
  for (const { name, passed, failed, skipped, seconds } of results) {
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    console.log(`${failed > 0 ? 'FAILED' : 'ok    '} ${name}: ${counts}, ${seconds.toFixed(1)} s`);
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  return total('failed') > 0 ? 1 : 0;
}

/** A vitest project as a step. */
export function vitestStep(name, project, env) {
  const report = `test-results/${project}.json`;
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  return { name, report, env, command: ['scripts/vitest.mjs', '--project', project, ...reporters] };
}

/** The file behind a package's command, so that steps need no shell. */
export function binOf(packageName, bin = packageName.split('/').pop()) {
  const folder = join(ROOT, 'node_modules', packageName);
  const { bin: entry } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof entry === 'string' ? entry : entry[bin]);
}
