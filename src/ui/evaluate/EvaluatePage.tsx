/** Evaluate mode in place of the 3D view: figures, charts with one threshold, and the worst cases. */

import type { CategoryReport } from '../../studio/evaluationState.ts';
import { type EvaluationRun, shownReport, shownRun } from '../../studio/evaluationState.ts';
import { formatPercent } from '../../studio/units.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { ChartsPanel } from './ChartsPanel.tsx';
import { chooseFolder } from './chooseFolder.ts';
import { FiguresTable } from './FiguresTable.tsx';
import { ObjectsTable } from './ObjectsTable.tsx';

export function EvaluatePage() {
  const run = useStudio((state) => shownRun(state.evaluation));
  const report = useStudio((state) => shownReport(state.evaluation));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area is scrolled with the keyboard
    <section className="mode-page evaluate" aria-label="Evaluation" tabIndex={0}>
      {run === null ? <Begin /> : <RunView run={run} report={report} />}
    </section>
  );
}

function Begin() {
  const { openDataset } = useCommands();
  const dataset = useStudio((state) => state.evaluation.dataset);
  return (
    <div className="evaluate-begin">
      <Icon name="evaluate" />
      <h2>{dataset === null ? 'How good is the detector?' : `“${dataset.name}” is ready`}</h2>
      <p>
        {dataset === null
          ? 'Drop a folder of scans whose defects are known. Anomaly-ShapeNet and Real3D-AD are recognised, and so is a folder of scans with label files beside them, as Label mode exports them.'
          : 'Choose categories and what gives the scores on the right, then start.'}
      </p>
      {dataset === null && (
        <button type="button" className="button button-primary" onClick={() => chooseFolder(openDataset)}>
          Choose a folder
        </button>
      )}
    </div>
  );
}

interface RunViewProps {
  readonly run: EvaluationRun;
  readonly report: CategoryReport | null;
}

function RunView({ run, report }: RunViewProps) {
  return (
    <>
      <header className="evaluate-head">
        <h2>
          {run.scorerTitle} <span className="dim">on {run.dataset}</span>
        </h2>
        <RunStatus run={run} />
      </header>
      <FiguresTable run={run} shown={report?.category ?? null} />
      {report !== null && (
        <>
          <Warnings warnings={report.warnings} />
          <ChartsPanel report={report} />
          <ObjectsTable report={report} />
        </>
      )}
    </>
  );
}

function RunStatus({ run }: { readonly run: EvaluationRun }) {
  const { cancelEvaluation } = useCommands();
  const { status } = run;
  switch (status.kind) {
    case 'running':
      return (
        <div className="evaluate-progress">
          <progress value={status.fraction} aria-label="Progress of the evaluation" />
          <span className="percent">{formatPercent(status.fraction)}</span>
          <span className="dim ellipsis">{status.stage}</span>
          <button type="button" className="button" onClick={cancelEvaluation}>
            Cancel
          </button>
        </div>
      );
    case 'cancelled':
      return <span className="tag">cancelled</span>;
    case 'failed':
      return <span className="tag tag-not-ok">stopped: {status.error.message}</span>;
    case 'done':
      return <span className="tag tag-ok">done</span>;
    default:
      return status satisfies never;
  }
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <ul className="evaluate-warnings" aria-label="Warnings">
      {warnings.map((warning) => (
        <li key={warning}>
          <Icon name="alert" />
          <span>{warning}</span>
        </li>
      ))}
    </ul>
  );
}
