/** What the 3D view shows instead of the open scan, and the way back. */

import { Icon } from '../parts/Icon.tsx';
import { useTrainingStage } from '../useHeatmap.ts';
import { useCommands } from '../useStudio.ts';

export function TrainOverlay() {
  const stage = useTrainingStage();
  const { clearTrainingStage, showPseudoDefect } = useCommands();
  if (stage === null) return null;
  return (
    <div className="stage-bar" role="status" aria-label="In the view">
      <span className="ellipsis">{stage.caption}</span>
      {stage.kind === 'defect' && (
        <button type="button" className="button button-small" onClick={() => void showPseudoDefect()}>
          <Icon name="dice" />
          Another
        </button>
      )}
      <button type="button" className="button button-small" onClick={clearTrainingStage}>
        <Icon name="close" />
        Back to the scan
      </button>
    </div>
  );
}
