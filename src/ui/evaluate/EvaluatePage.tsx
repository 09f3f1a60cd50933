/** Evaluate mode in place of the 3D view: figures, charts with one threshold, and the worst cases. */

import { shownAblation } from '../../studio/ablationState.ts';
import type { CategoryReport } from '../../studio/evaluationState.ts';
import { type EvaluationRun, shownReport, shownRun } from '../../studio/evaluationState.ts';
import { Icon } from '../parts/Icon.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { AblationView } from './AblationView.tsx';
import { ChartsPanel } from './ChartsPanel.tsx';
import { chooseFolder } from './chooseFolder.ts';
import { FiguresTable } from './FiguresTable.tsx';
import { ObjectsTable } from './ObjectsTable.tsx';
import { RunStatus } from './RunStatus.tsx';

export function EvaluatePage() {
  const run = useStudio((state) => shownRun(state.evaluation));
  const ablation = useStudio((state) => shownAblation(state.evaluation));
  const report = useStudio((state) => shownReport(state.evaluation));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area is scrolled with the keyboard
    <section className="mode-page evaluate" aria-label="Evaluation" tabIndex={0}>
      {ablation !== null ? (
        <AblationView run={ablation} />
      ) : run === null ? (
        <Begin />
      ) : (
        <RunView run={run} report={report} />
      )}
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
  const { cancelEvaluation } = useCommands();
  return (
    <>
      <header className="evaluate-head">
        <h2>
          {run.scorerTitle} <span className="dim">on {run.dataset}</span>
        </h2>
        <RunStatus status={run.status} onCancel={cancelEvaluation} />
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
