/** What page and worker say to each other about evaluations. */

import type { ErrorValue } from '../core/errors.ts';
import type { AblationRow } from '../detect/ablation.ts';
import type { CategoryReport } from '../detect/report.ts';
import type { TestItem } from '../io/dataset.ts';
import type { DetectorChoice } from './referenceProtocol.ts';

export type EvaluationItem =
  | ({ readonly kind: 'benchmark' } & TestItem)
  /** Anomalous is what its labels say. */
  | {
      readonly kind: 'labelled';
      readonly path: string;
      readonly name: string;
      /** null: the labels are a property of the scan itself. */
      readonly labelPath: string | null;
    };

/** A category to measure: its good scans and its test objects, as paths. */
export interface EvaluationCategory {
  readonly name: string;
  readonly train: readonly string[];
  readonly test: readonly EvaluationItem[];
}

/** What gives the scores. */
export type EvaluationScorer =
  /** A model that is loaded, by its hash. */
  | { readonly kind: 'model'; readonly hash: string }
  /** An instant detector, fitted to each category's own good scans. */
  | { readonly kind: 'detector'; readonly detector: DetectorChoice };

export interface EvaluationCalls {
  /** Measures one category; objects that fail are listed in the report and left out of its figures. */
  evaluate: {
    params: {
      readonly category: EvaluationCategory;
      /** By the paths of the category. */
      readonly files: ReadonlyMap<string, File>;
      readonly scorer: EvaluationScorer;
    };
    result: CategoryReport;
  };
  /** Measures a model in every way to score it: both norms, every summary of a scan's points. */
  ablate: {
    params: {
      readonly category: EvaluationCategory;
      readonly files: ReadonlyMap<string, File>;
      /** Hash of a model that is loaded, or of one in the library. */
      readonly model: string;
      /** How it was trained, for the rows. */
      readonly training: string;
    };
    result: { readonly rows: readonly AblationRow[]; readonly failures: readonly ErrorValue[] };
  };
}
