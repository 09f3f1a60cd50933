/** The figures of a run: a row for each category, their mean, and the kinds of defect of the one in the charts. */

import {
  type CategoryReport,
  type EvaluationRun,
  type Interval,
  type Metric,
  runFigures,
} from '../../studio/evaluationState.ts';
import { useCommands } from '../useStudio.ts';

const COLUMNS = [
  ['O-AUROC', 'Area under the ROC curve over whole objects'],
  ['P-AUROC', 'One area under the ROC curve over all points of all objects'],
  ['O-AUPR', 'Average precision over objects'],
  ['P-AUPR', 'Average precision over points'],
  ['PRO', 'Per-region overlap up to a false positive rate of 0.3'],
  ['F1 objects', 'Best F1 over objects'],
  ['F1 points', 'Best F1 over points'],
] as const;

function Figure({ metric, interval }: { readonly metric: Metric; readonly interval?: Interval }) {
  if (metric.reason !== null)
    return (
      <td className="number" title={`Not defined: ${metric.reason}`}>
        <span className="dim">–</span>
      </td>
    );
  return (
    <td className="number">
      {metric.value.toFixed(4)}
      {interval !== undefined && !Number.isNaN(interval.low) && (
        <span className="interval" title="95 % of figures over scans drawn anew">
          {interval.low.toFixed(2)}–{interval.high.toFixed(2)}
        </span>
      )}
    </td>
  );
}

interface Props {
  readonly run: EvaluationRun;
  /** The category in the charts. */
  readonly shown: string | null;
}

export function FiguresTable({ run, shown }: Props) {
  if (run.reports.length === 0) return null;
  const mean = runFigures(run);
  const report = run.reports.find(({ category }) => category === shown);
  return (
    <div className="table-scroll">
      <table className="figures" aria-label="Figures by category">
        <thead>
          <tr>
            <th scope="col">Category</th>
            <th scope="col" className="number" title="Objects, of them anomalous">
              Objects
            </th>
            {COLUMNS.map(([name, title]) => (
              <th key={name} scope="col" className="number" title={title}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {run.reports.map((category) => (
            <CategoryRow
              key={category.category}
              report={category}
              current={category.category === shown && run.reports.length > 1}
            />
          ))}
          {run.reports.length > 1 && (
            <tr className="mean">
              <th scope="row">Mean of {run.reports.length}</th>
              <td />
              <Figure metric={mean.objectAuroc} />
              <Figure metric={mean.pointAuroc} />
              <Figure metric={mean.objectAupr} />
              <Figure metric={mean.pointAupr} />
              <td colSpan={3} />
            </tr>
          )}
        </tbody>
        {report !== undefined && report.byType.length > 1 && <TypeRows report={report} />}
      </table>
    </div>
  );
}

function CategoryRow({ report, current }: { readonly report: CategoryReport; readonly current: boolean }) {
  const { showCategory } = useCommands();
  const { category, objects, anomalousObjects, intervals } = report;
  return (
    <tr className={current ? 'current' : ''}>
      <th scope="row">
        <button
          type="button"
          className="link"
          aria-pressed={current}
          title="Show this category in the charts"
          onClick={() => showCategory(category)}
        >
          {category}
        </button>
      </th>
      <td className="number">
        {objects} <span className="dim">({anomalousObjects} bad)</span>
      </td>
      <Figure metric={report.objectAuroc} interval={intervals.objectAuroc} />
      <Figure metric={report.pointAuroc} interval={intervals.pointAuroc} />
      <Figure metric={report.objectAupr} />
      <Figure metric={report.pointAupr} />
      <Figure metric={report.pro} />
      <Figure metric={report.objectF1.f1} />
      <Figure metric={report.pointF1.f1} />
    </tr>
  );
}

function TypeRows({ report }: { readonly report: CategoryReport }) {
  return (
    <tbody className="types">
      <tr>
        <th scope="rowgroup" colSpan={9}>
          {report.category} by kind of defect, each against the good objects
        </th>
      </tr>
      {report.byType.map((type) => (
        <tr key={type.defectType}>
          <th scope="row">{type.defectType}</th>
          <td className="number">{type.anomalousObjects}</td>
          <Figure metric={type.objectAuroc} />
          <Figure metric={type.pointAuroc} />
          <Figure metric={type.objectAupr} />
          <Figure metric={type.pointAupr} />
          <td colSpan={3} />
        </tr>
      ))}
    </tbody>
  );
}
