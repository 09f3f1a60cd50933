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
    const set = standing(arrowsOf(cloud.positions, offsets, score, threshold / 4, radius));
    viewer.current?.setArrows({ ...set, colour: rgb(colour) });
    return () => viewer.current?.setArrows(null);
  }, [viewer, stage, threshold, theme]);
}

interface Arrows {
  readonly heads: Float32Array;
  readonly feet: Float32Array;
}

/**
 * Arrows of a bump lie inside it, where nobody sees them: they are moved along themselves to stand on the
 * surface; those of a dent lead into it as they are. The sample lies about the origin.
 */
function standing({ heads, feet }: Arrows): Arrows {
  const moved = { heads: heads.slice(), feet: feet.slice() };
  for (let i = 0; i < heads.length; i += 3) {
    const step = [0, 1, 2].map((axis) => heads[i + axis]! - feet[i + axis]!);
    const outwards = step.reduce((sum, length, axis) => sum + length * heads[i + axis]!, 0);
    if (outwards <= 0) continue;
    for (let axis = 0; axis < 3; axis++) {
      moved.feet[i + axis] = heads[i + axis]!;
      moved.heads[i + axis] = heads[i + axis]! + step[axis]!;
    }
  }
  return moved;
}
