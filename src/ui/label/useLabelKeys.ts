/** The keys of Label mode. */

import { useKeyActions } from '../keyActions.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';

const SIZE_STEP = 1.2;
const BRUSH_LIMITS = [3, 200] as const;
const BALL_LIMITS = [0.005, 1] as const;

function within(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(most, Math.max(least, value));
}

export function useLabelKeys(): void {
  const commands = useCommands();
  const labels = useStudio((state) => state.labels);
  const cloud = useActiveScan()?.cloud ?? null;
  const points = cloud === null ? 0 : cloud.positions.length / 3;
  const { selection, activeClass, tool } = labels;
  const { setLabelOptions, labelSelection } = commands;

  const resize = (factor: number) =>
    tool === 'sphere'
      ? setLabelOptions({ sphereRadius: within(labels.sphereRadius * factor, BALL_LIMITS) })
      : setLabelOptions({ brushRadius: within(labels.brushRadius * factor, BRUSH_LIMITS) });
  /** A number labels what is selected, else it chooses the class for what follows. */
  const give = (number: number) => {
    const known = cloud === null ? undefined : labels.scans.get(cloud.id)?.set.classes;
    if (!known?.some((entry) => entry.number === number)) return;
    if (selection === null) setLabelOptions({ activeClass: number });
    else labelSelection(number);
  };

  useKeyActions({
    'tool-none': () => setLabelOptions({ tool: null }),
    'tool-rectangle': () => setLabelOptions({ tool: 'rectangle' }),
    'tool-lasso': () => setLabelOptions({ tool: 'lasso' }),
    'tool-polygon': () => setLabelOptions({ tool: 'polygon' }),
    'tool-brush': () => setLabelOptions({ tool: 'brush' }),
    'tool-ball': () => setLabelOptions({ tool: 'sphere' }),
    'tool-flood-score': () => setLabelOptions({ tool: 'flood-score' }),
    'tool-flood-face': () => setLabelOptions({ tool: 'flood-normal' }),
    'tool-smaller': () => resize(1 / SIZE_STEP),
    'tool-larger': () => resize(SIZE_STEP),
    'select-all': () => commands.selectPoints(new Uint8Array(points).fill(1)),
    'select-none': () => commands.selectPoints(null),
    'select-invert': () =>
      commands.selectPoints(
        selection === null ? new Uint8Array(points).fill(1) : selection.points.map((inside) => 1 - inside),
      ),
    'select-grow': () => void commands.spreadSelection({ kind: 'grow' }, 'replace'),
    'select-shrink': () => void commands.spreadSelection({ kind: 'shrink' }, 'replace'),
    'give-active-class': () => labelSelection(activeClass),
    'next-suggestion': () => commands.stepSuggestion(1),
    'previous-suggestion': () => commands.stepSuggestion(-1),
    'accept-suggestion': () => commands.acceptSuggestion(),
    'reject-suggestion': () => commands.rejectSuggestion(),
    'hide-class': () => commands.toggleClassHidden(activeClass),
    'show-all': () => commands.showAllClasses(),
    undo: commands.undoLabel,
    redo: commands.redoLabel,
    'class-0': () => give(0),
    'class-1': () => give(1),
    'class-2': () => give(2),
    'class-3': () => give(3),
    'class-4': () => give(4),
    'class-5': () => give(5),
    'class-6': () => give(6),
    'class-7': () => give(7),
    'class-8': () => give(8),
    'class-9': () => give(9),
  });
}
