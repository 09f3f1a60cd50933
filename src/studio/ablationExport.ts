/** Ablations as text that others can read, in the formats of the evaluation's runs. */

import type { ProtocolMetrics } from '../detect/evaluate.ts';
import type { Metric } from '../detect/metrics.ts';
import { type AblationLine, type AblationRun, ablationLines } from './ablationState.ts';
import { toCsv } from './csv.ts';
import { type EvaluationFormat, toMarkdownTable } from './evaluationExport.ts';

const FIGURES = [
  ['objectAuroc', 'O-AUROC'],
  ['pointAuroc', 'P-AUROC'],
  ['objectAupr', 'O-AUPR'],
  ['pointAupr', 'P-AUPR'],
] as const satisfies readonly (readonly [keyof ProtocolMetrics, string])[];

const HEAD = [
  'dataset',
  'category',
  'training',
  'norm',
  'object score',
  ...FIGURES.map(([, title]) => title),
];
/** Columns of words; the others are numbers. */
const WORDS = 5;

const exact = ({ value, reason }: Metric): string => (reason === null ? String(value) : '');
const rounded = ({ value, reason }: Metric): string => (reason === null ? value.toFixed(4) : '–');

function rowsOf(run: AblationRun, show: (metric: Metric) => string): string[][] {
  return ablationLines(run).map((line) => [
    run.dataset,
    line.where,
    line.training,
    line.norm.toUpperCase(),
    line.rule,
    ...FIGURES.map(([key]) => show(line[key])),
  ]);
}

function lineJson({ where, training, norm, rule, ...metrics }: AblationLine) {
  const figures = FIGURES.map(([key]) => [key, metrics[key].reason === null ? metrics[key].value : null]);
  return { category: where, training, norm, rule, ...Object.fromEntries(figures) };
}

/** @returns the text of a file */
export function exportAblation(run: AblationRun, format: EvaluationFormat): string {
  switch (format) {
    case 'csv':
      return toCsv([HEAD, ...rowsOf(run, exact)]);
    case 'json': {
      const { dataset, title } = run;
      return `${JSON.stringify({ dataset, title, lines: ablationLines(run).map(lineJson) }, null, 2)}\n`;
    }
    case 'md':
      return toMarkdownTable(HEAD, rowsOf(run, rounded), WORDS);
    default:
      return format satisfies never;
  }
}
