/** How a run or a comparison gets on, with its cancel. */

import type { EvaluationStatus } from '../../studio/evaluationState.ts';
import { formatPercent } from '../../studio/units.ts';

interface Props {
  readonly status: EvaluationStatus;
  readonly onCancel: () => void;
}

export function RunStatus({ status, onCancel }: Props) {
  switch (status.kind) {
    case 'running':
      return (
        <div className="evaluate-progress">
          <progress value={status.fraction} aria-label="Progress of the evaluation" />
          <span className="percent">{formatPercent(status.fraction)}</span>
          <span className="dim ellipsis">{status.stage}</span>
          <button type="button" className="button" onClick={onCancel}>
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
