/** What the 3D view shows instead of the open scan, and the way back. */

import { useEffect } from 'react';
import type { TrainingStage } from '../../studio/trainingState.ts';
import { rgb } from '../../viewer/rgb.ts';
import { arrowsOf } from '../inspect/arrows.ts';
import { Icon } from '../parts/Icon.tsx';
import { useTheme } from '../theme.ts';
import { useHeatmapScale, useTrainingStage } from '../useHeatmap.ts';
import { useCommands } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';

export function TrainOverlay() {
  const stage = useTrainingStage();
  useTargetArrows(stage);
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

/** What the network shall predict for a pseudo-defect: from where each point was to where it is. */
function useTargetArrows(stage: TrainingStage | null): void {
  const viewer = useViewer();
  const { threshold } = useHeatmapScale();
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the style sheet answers for the theme in force
  useEffect(() => {
    if (stage?.kind !== 'defect') return;
    const { cloud, offsets, score, radius } = stage;
    const colour = getComputedStyle(document.documentElement).getPropertyValue('--accent');
    // Down to a quarter of the threshold: the rim of a defect is part of it.
    const set = arrowsOf(cloud.positions, offsets, score, threshold / 4, radius);
    viewer.current?.setArrows({ ...set, colour: rgb(colour) });
    return () => viewer.current?.setArrows(null);
  }, [viewer, stage, threshold, theme]);
}
