/**
 * `npm run quality [DIR]`: measures every instant detector on a labelled benchmark (default ../shared/data/bench,
 * fitted to its `train` folders only) and writes the table between the marks of docs/quality.md.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from './setup.mjs';

const DETECTORS = ['residual'];
const DOC = join(ROOT, 'docs/quality.md');
const folder = resolve(process.argv[2] ?? join(ROOT, '../shared/data/bench'));

function measure(detector) {
  const po3ad = join(ROOT, 'scripts/po3ad.mjs');
  const args = [po3ad, 'evaluate', folder, '--detector', detector, '--json'];
  const out = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const figure = (value) => (value === null ? 'undefined' : value.toFixed(4));
const rows = DETECTORS.flatMap((detector) =>
  measure(detector).map((result) => {
    const name = result.mean ? `**mean of ${result.categories}**` : result.category;
    const figures = [result.objectAuroc, result.pointAuroc, result.objectAupr, result.pointAupr];
    return `| ${[detector, name, ...figures.map(figure)].join(' | ')} |`;
  }),
);
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
const table = [
  `Measured ${new Date().toISOString().slice(0, 10)} at commit ${commit}.`,
  '',
  '| detector | class | O-AUROC | P-AUROC | O-AUPR | P-AUPR |',
  '| --- | --- | --- | --- | --- | --- |',
  ...rows,
].join('\n');
const doc = readFileSync(DOC, 'utf8');
const [start, end] = ['<!-- table -->', '<!-- /table -->'];
const from = doc.indexOf(start);
const to = doc.indexOf(end);
if (from < 0 || to < from) throw new Error(`${DOC} has lost its marks ${start} and ${end}`);
writeFileSync(DOC, `${doc.slice(0, from + start.length)}\n\n${table}\n\n${doc.slice(to)}`);
console.log(table);
