/** How the formats of tables are called, and what they are for the browser. */

import type { EvaluationFormat } from '../../studio/evaluationExport.ts';

export const MIME: Readonly<Record<EvaluationFormat, string>> = {
  csv: 'text/csv',
  json: 'application/json',
  md: 'text/markdown',
};

export const FORMAT_NAMES: Readonly<Record<EvaluationFormat, string>> = {
  csv: 'CSV',
  json: 'JSON',
  md: 'Markdown',
};
