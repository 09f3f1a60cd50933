/** The drawer in Evaluate mode: all runs in one table, to compare models and detectors. */

import type { ProtocolMetrics } from '../../studio/evaluationState.ts';
import { runFigures, shownRun } from '../../studio/evaluationState.ts';
import { useStudio } from '../useStudio.ts';

const FIGURES = [
  ['objectAuroc', 'O-AUROC'],
  ['pointAuroc', 'P-AUROC'],
  ['objectAupr', 'O-AUPR'],
  ['pointAupr', 'P-AUPR'],
] as const satisfies readonly (readonly [keyof ProtocolMetrics, string])[];

/** "+0.012", "−0.003" */
function signed(difference: number): string {
  const text = Math.abs(difference).toFixed(3);
  return difference < 0 ? `−${text}` : `+${text}`;
}

export function RunsPane() {
  const runs = useStudio((state) => state.evaluation.runs);
  const shown = useStudio((state) => shownRun(state.evaluation)?.id ?? null);
  const measured = runs.filter(({ reports }) => reports.length > 0);
  if (measured.length === 0)
    return <p className="note">Runs stand here side by side, with the means over their categories.</p>;
  const rows = measured.map((run) => ({ run, figures: runFigures(run) }));
  const current = rows.find(({ run }) => run.id === shown);
  const best = (key: keyof ProtocolMetrics) =>
    Math.max(...rows.map(({ figures }) => (figures[key].reason === null ? figures[key].value : 0)));
  return (
    <div className="table-scroll">
      <table className="figures" aria-label="Comparison of runs">
        <thead>
          <tr>
            <th scope="col">Scores from</th>
            <th scope="col">Dataset</th>
            <th scope="col" className="number">
              Categories
            </th>
            {FIGURES.map(([key, title]) => (
              <th key={key} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ run, figures }) => (
            <tr key={run.id} className={run.id === shown ? 'current' : ''}>
              <th scope="row">{run.scorerTitle}</th>
              <td>{run.dataset}</td>
              <td className="number">{run.reports.length}</td>
              {FIGURES.map(([key]) => {
                const { value, reason } = figures[key];
                const own = run.id === shown || run.dataset !== current?.run.dataset;
                const other = own ? null : (current?.figures[key] ?? null);
                const top = rows.length > 1 && value === best(key);
                return (
                  <td key={key} className="number" title={reason ?? undefined}>
                    {reason !== null ? '–' : top ? <strong>{value.toFixed(4)}</strong> : value.toFixed(4)}
                    {other !== null && other.reason === null && reason === null && (
                      <span className="difference" title="Against the run that is shown">
                        {signed(value - other.value)}
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
