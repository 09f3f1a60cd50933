/** Runs as text that others can read: CSV for tables, Markdown for reports, JSON for scripts. */

import type { ProtocolMetrics } from '../detect/evaluate.ts';
import type { Metric } from '../detect/metrics.ts';
import type { CategoryReport } from '../detect/report.ts';
import { toCsv } from './csv.ts';
import { type EvaluationRun, runFigures } from './evaluationState.ts';

export const EVALUATION_FORMATS = ['csv', 'json', 'md'] as const;

export type EvaluationFormat = (typeof EVALUATION_FORMATS)[number];

const FIGURES = [
  ['objectAuroc', 'O-AUROC'],
  ['pointAuroc', 'P-AUROC'],
  ['objectAupr', 'O-AUPR'],
  ['pointAupr', 'P-AUPR'],
] as const satisfies readonly (readonly [keyof ProtocolMetrics, string])[];

const HEAD = ['dataset', 'scorer', 'category', 'objects', 'anomalous', ...FIGURES.map(([, title]) => title)];
const MORE = ['PRO', 'best F1 objects', 'best F1 points'];

/** All digits, so that page and command line can be compared; empty where a figure is not defined. */
const exact = ({ value, reason }: Metric): string => (reason === null ? String(value) : '');
const rounded = ({ value, reason }: Metric): string => (reason === null ? value.toFixed(4) : '–');

type Row = readonly string[];

function rowsOf(run: EvaluationRun, show: (metric: Metric) => string): Row[] {
  const { dataset, scorerTitle, reports } = run;
  const rows = reports.map((report): Row => {
    const { category, objects, anomalousObjects, pro, objectF1, pointF1 } = report;
    const figures = [...FIGURES.map(([key]) => report[key]), pro, objectF1.f1, pointF1.f1];
    return [dataset, scorerTitle, category, String(objects), String(anomalousObjects), ...figures.map(show)];
  });
  if (reports.length < 2) return rows;
  const mean = runFigures(run);
  const means = FIGURES.map(([key]) => show(mean[key]));
  return [...rows, [dataset, scorerTitle, `mean of ${reports.length}`, '', '', ...means, '', '', '']];
}

function runsCsv(runs: readonly EvaluationRun[]): string {
  return toCsv([[...HEAD, ...MORE], ...runs.flatMap((run) => rowsOf(run, exact))]);
}

/** @param words columns that are words, on the left; the others are numbers */
export function toMarkdownTable(head: Row, rows: readonly Row[], words: number): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const line = (row: Row) => `| ${row.map(cell).join(' | ')} |`;
  const ruler = `|${head.map((_, column) => (column < words ? ' --- ' : ' ---: ')).join('|')}|`;
  return `${[line(head), ruler, ...rows.map(line)].join('\n')}\n`;
}

function toMarkdown(runs: readonly EvaluationRun[]): string {
  const warnings = runs.flatMap(({ reports }) =>
    reports.flatMap(({ category, warnings: said }) => said.map((text) => `- ${category}: ${text}`)),
  );
  const rows = runs.flatMap((run) => rowsOf(run, rounded));
  const table = toMarkdownTable([...HEAD, ...MORE], rows, 3);
  return warnings.length === 0 ? table : `${table}\n${warnings.join('\n')}\n`;
}

const orNull = ({ value, reason }: Metric): number | null => (reason === null ? value : null);

function reportJson(report: CategoryReport) {
  const { category, objects, anomalousObjects, points, anomalousPoints, rows, warnings, failures } = report;
  const { pro, objectF1, pointF1, intervals, byType } = report;
  const protocol = (metrics: ProtocolMetrics) =>
    Object.fromEntries(FIGURES.map(([key]) => [key, orNull(metrics[key])]));
  return {
    category,
    objects,
    anomalousObjects,
    points,
    anomalousPoints,
    ...protocol(report),
    pro: orNull(pro),
    objectF1: { f1: orNull(objectF1.f1), threshold: objectF1.threshold },
    pointF1: { f1: orNull(pointF1.f1), threshold: pointF1.threshold },
    intervals,
    byType: byType.map((type) => ({ defectType: type.defectType, ...protocol(type) })),
    rows,
    warnings,
    failures,
  };
}

function toJson(runs: readonly EvaluationRun[]): string {
  const all = runs.map((run) => ({
    dataset: run.dataset,
    scorer: run.scorerTitle,
    categories: run.reports.map(reportJson),
  }));
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** @returns the text of a file */
export function exportRuns(runs: readonly EvaluationRun[], format: EvaluationFormat): string {
  switch (format) {
    case 'csv':
      return runsCsv(runs);
    case 'json':
      return toJson(runs);
    case 'md':
      return toMarkdown(runs);
    default:
      return format satisfies never;
  }
}
