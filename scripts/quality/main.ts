/**
 * `npm run quality [DIR]`: measures the detectors on a labelled benchmark (default ../shared/data/bench, fitted
 * to its `train` folders only), on copies of it (other poses, nine points of ten; three seeds) and on generated
 * families whose good parts differ (three seeds), and writes the tables between the marks of docs/quality.md.
 * `npm run quality -- --only bench|copies|families` measures one of them;
 * `npm run quality -- --poses [N]` tries registration alone, from N random poses of each sample part.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { copyBenchmark, writeFamilies } from './datasets.ts';
import { tryPoses } from './poses.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const DOC = join(ROOT, 'docs/quality.md');
const DETECTORS = ['residual', 'universal', 'bank', 'ensemble'];
const SEEDS = [1, 2, 3];
const FIGURES = ['objectAuroc', 'pointAuroc', 'objectAupr', 'pointAupr'] as const;

/** A line of `po3ad evaluate --json`. */
interface Line extends Readonly<Record<(typeof FIGURES)[number], number | null>> {
  readonly category?: string;
  readonly defectType?: string;
  readonly mean?: boolean;
}

function measure(folder: string, detector: string): Line[] {
  console.error(`${detector} on ${folder}`);
  const po3ad = join(ROOT, 'scripts/po3ad.mjs');
  const args = [po3ad, 'evaluate', folder, '--detector', detector, '--by-type', '--json'];
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const out = execFileSync(process.execPath, args, { encoding: 'utf8', stdio });
  // The command's own documented output.
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

const show = (value: number | null) => (value === null ? 'undefined' : value.toFixed(4));

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly (number | null)[]): string {
  if (values.some((value) => value === null)) return 'undefined';
  const numbers = values.map(Number);
  const middle = mean(numbers);
  const deviation = Math.sqrt(
    mean(numbers.map((v) => (v - middle) ** 2)) * (numbers.length / (numbers.length - 1)),
  );
  return `${middle.toFixed(4)} ± ${deviation.toFixed(4)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const TITLES = ['O-AUROC', 'P-AUROC', 'O-AUPR', 'P-AUPR'];

function classTable(measured: ReadonlyMap<string, readonly Line[]>): string {
  const rows = [...measured].flatMap(([detector, lines]) =>
    lines
      .filter(({ defectType }) => defectType === undefined)
      .map((line) => [
        detector,
        line.mean ? '**mean**' : (line.category ?? ''),
        ...FIGURES.map((figure) => show(line[figure])),
      ]),
  );
  return table(['detector', 'class', ...TITLES], rows);
}

/** Kinds of defect against the good objects, means over the classes. */
function typeTable(measured: ReadonlyMap<string, readonly Line[]>): string {
  const types = new Set([...measured.values()].flat().flatMap(({ defectType }) => defectType ?? []));
  const rows = [...types].sort().map((type) => [
    type,
    ...['objectAuroc', 'pointAuroc', 'pointAupr'].flatMap((figure) =>
      [...measured.values()].map((lines) => {
        const own = lines.filter(({ defectType }) => defectType === type);
        return show(mean(own.map((line) => line[figure as (typeof FIGURES)[number]] ?? Number.NaN)));
      }),
    ),
  ]);
  const head = ['O-AUROC', 'P-AUROC', 'P-AUPR'].flatMap((title) =>
    [...measured.keys()].map((detector) => `${title} ${detector}`),
  );
  return table(['defect', ...head], rows);
}

/** Mean and standard deviation over the seeds, of the means over the classes. */
function seedTable(write: (to: string, seed: number) => void): string {
  const found = new Map<string, Line[]>(DETECTORS.map((detector) => [detector, []]));
  for (const seed of SEEDS) {
    const folder = mkdtempSync(join(tmpdir(), 'po3ad-quality-'));
    try {
      write(folder, seed);
      for (const [detector, lines] of found)
        lines.push(...measure(folder, detector).filter((line) => line.mean));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const rows = [...found].map(([detector, lines]) => [
    detector,
    ...FIGURES.map((figure) => spread(lines.map((line) => line[figure]))),
  ]);
  return table(['detector', ...TITLES], rows);
}

function writeBetween(doc: string, name: string, text: string): string {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = doc.indexOf(start);
  const to = doc.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${DOC} has lost its marks ${start} and ${end}`);
  return `${doc.slice(0, from + start.length)}\n\n${text}\n\n${doc.slice(to)}`;
}

/** Poses tried of each part, unless another number is asked for. */
const POSES = 500;

/** Registration alone, on the parts that come with the studio. */
function measurePoses(count: number): void {
  const rows = ['flange', 'bottle', 'bracket'].map((part) => {
    console.error(`${count} poses of ${part}`);
    const { trials, failures, time } = tryPoses(join(ROOT, 'public/samples', part), part, count);
    for (const failure of failures) console.error(failure);
    return [part, `${trials}`, `${trials - failures.length}`, `${time.toFixed(0)} ms`];
  });
  const made = table(['part', 'poses', 'right', 'CPU time each'], rows);
  writeFileSync(DOC, writeBetween(readFileSync(DOC, 'utf8'), 'poses', made));
  console.log(made);
}

/** The figures of each class, and of each kind of defect. */
function measureBench(bench: string): readonly Made[] {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).trim();
  const measured = new Map(DETECTORS.map((detector) => [detector, measure(bench, detector)]));
  const when = `Measured ${new Date().toISOString().slice(0, 10)} at commit ${commit}.`;
  return [
    ['table', `${when}\n\n${classTable(measured)}`],
    ['types', typeTable(measured)],
  ];
}

/** Marks of the document, and what goes between them. */
type Made = readonly [name: string, text: string];

const PARTS = {
  bench: measureBench,
  copies: (bench: string): readonly Made[] => [
    ['copies', seedTable((to, seed) => copyBenchmark(bench, to, seed))],
  ],
  families: (): readonly Made[] => [['families', seedTable(writeFamilies)]],
} as const;

export function main(args: readonly string[]): void {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { poses: { type: 'boolean', default: false }, only: { type: 'string' } },
  });
  if (values.poses) {
    measurePoses(Number(positionals[0] ?? POSES));
    return;
  }
  const bench = resolve(positionals[0] ?? join(ROOT, '../shared/data/bench'));
  const chosen = Object.entries(PARTS).filter(([name]) => values.only === undefined || name === values.only);
  if (chosen.length === 0) throw new Error(`--only takes ${Object.keys(PARTS).join(', ')}`);
  for (const [name, text] of chosen.flatMap(([, part]) => part(bench))) {
    writeFileSync(DOC, writeBetween(readFileSync(DOC, 'utf8'), name, text));
    console.log(`${text}\n`);
  }
}
