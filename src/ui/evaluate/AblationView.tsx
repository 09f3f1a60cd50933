/** An ablation as one table, the best of each figure in bold. */

import { exportAblation } from '../../studio/ablationExport.ts';
import { type AblationLine, type AblationRun, ablationLines } from '../../studio/ablationState.ts';
import { EVALUATION_FORMATS } from '../../studio/evaluationExport.ts';
import type { ProtocolMetrics } from '../../studio/evaluationState.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { useCommands } from '../useStudio.ts';
import { FORMAT_NAMES, MIME } from './formats.ts';
import { RunStatus } from './RunStatus.tsx';

const FIGURES = [
  ['objectAuroc', 'O-AUROC'],
  ['pointAuroc', 'P-AUROC'],
  ['objectAupr', 'O-AUPR'],
  ['pointAupr', 'P-AUPR'],
] as const satisfies readonly (readonly [keyof ProtocolMetrics, string])[];

export function AblationView({ run }: { readonly run: AblationRun }) {
  const { cancelAblation } = useCommands();
  const lines = ablationLines(run);
  return (
    <>
      <header className="evaluate-head">
        <h2>
          {run.title} <span className="dim">on {run.dataset}</span>
        </h2>
        <RunStatus status={run.status} onCancel={cancelAblation} />
        {lines.length > 0 && (
          <div className="row row-wrap">
            <span className="dim">Save as</span>
            {EVALUATION_FORMATS.map((format) => (
              <button
                key={format}
                type="button"
                className="button button-small"
                onClick={() => saveFile(`ablation.${format}`, exportAblation(run, format), MIME[format])}
              >
                {FORMAT_NAMES[format]}
              </button>
            ))}
          </div>
        )}
      </header>
      {lines.length > 0 && <Lines lines={lines} />}
    </>
  );
}

function Lines({ lines }: { readonly lines: readonly AblationLine[] }) {
  const trained = lines.some(({ training }) => training !== '');
  const several = new Set(lines.map(({ where }) => where)).size > 1;
  const best = (line: AblationLine, key: keyof ProtocolMetrics) =>
    Math.max(
      ...lines.map((other) =>
        other.where === line.where && other[key].reason === null
          ? other[key].value
          : Number.NEGATIVE_INFINITY,
      ),
    );
  return (
    <div className="table-scroll">
      <table className="figures" aria-label="Ablations">
        <thead>
          <tr>
            {several && <th scope="col">Category</th>}
            {trained && <th scope="col">Trained with</th>}
            <th scope="col" title="Norm of the offset that scores a point">
              Norm
            </th>
            <th scope="col" title="How a scan’s points become one number">
              Object score
            </th>
            {FIGURES.map(([key, title]) => (
              <th key={key} scope="col" className="number">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={`${line.where} ${line.training} ${line.norm} ${line.rule}`}>
              {several && <td>{line.where}</td>}
              {trained && <td>{line.training}</td>}
              <td>{line.norm.toUpperCase()}</td>
              <td>{line.rule}</td>
              {FIGURES.map(([key]) => {
                const { value, reason } = line[key];
                const shown = reason === null ? value.toFixed(4) : '–';
                return (
                  <td key={key} className="number" title={reason ?? undefined}>
                    {reason === null && value === best(line, key) ? <strong>{shown}</strong> : shown}
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
