/** Label mode over the 3D view: the tools, and what is being drawn with them. */

import { useEffect, useMemo } from 'react';
import type { LabelTool } from '../../studio/labelState.ts';
import { RegionPins, useCloseUp } from '../inspect/RegionPins.tsx';
import { useFreshRegions } from '../inspect/useRegions.ts';
import { useKeyActions } from '../keyActions.ts';
import { Icon, type IconName } from '../parts/Icon.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { type Shape, shapePath } from './gesture.ts';
import { markPalette, marksOf } from './marks.ts';
import { useLabelKeys } from './useLabelKeys.ts';
import { useSuggestions } from './useSuggestions.ts';
import { useToolGestures } from './useToolGestures.ts';

export function LabelOverlay() {
  const gestures = useToolGestures();
  useOpenLabels();
  useMarks();
  useLabelKeys();
  useFreshRegions();
  useCloseUp();
  useKeyActions(gestures.open ? { close: gestures.drop, 'close-outline': gestures.close } : {});
  const tool = useStudio((state) => state.labels.tool);
  const radius = useStudio((state) => state.labels.brushRadius);
  return (
    <>
      <svg className="tool-drawing" aria-hidden="true">
        {gestures.shape !== null && <Drawn shape={gestures.shape} />}
        {tool === 'brush' && gestures.pointer !== null && (
          <circle cx={gestures.pointer[0]} cy={gestures.pointer[1]} r={radius} />
        )}
      </svg>
      <SuggestionPins />
      <Tools />
      {gestures.open && (
        <p className="tool-hint" role="status">
          Click corners; double click or Enter closes, Esc drops
        </p>
      )}
    </>
  );
}

/** Those that are open, numbered as in the list. */
function SuggestionPins() {
  const suggestions = useSuggestions();
  const heatmap = useStudio((state) => state.view.heatmap);
  if (!heatmap) return null;
  return (
    <RegionPins
      regions={suggestions.map(({ region }) => region)}
      pinned={(at) => suggestions[at]?.status === 'open'}
    />
  );
}

function Drawn({ shape }: { readonly shape: Shape }) {
  return shape.kind === 'stroke' ? (
    <path className="stroke" d={shapePath(shape)} strokeWidth={2 * shape.radius} />
  ) : (
    <path d={shapePath(shape)} />
  );
}

interface ToolRow {
  readonly tool: LabelTool | null;
  readonly label: string;
  readonly keys: string;
  readonly icon: IconName;
}

const TOOLS: readonly ToolRow[] = [
  { tool: null, label: 'Turn the view', keys: 'V', icon: 'pointer' },
  { tool: 'rectangle', label: 'Rectangle', keys: 'R', icon: 'rectangle' },
  { tool: 'lasso', label: 'Lasso', keys: 'L', icon: 'lasso' },
  { tool: 'polygon', label: 'Polygon', keys: 'P', icon: 'polygon' },
  { tool: 'brush', label: 'Brush', keys: 'B', icon: 'brush' },
  { tool: 'sphere', label: 'Ball', keys: 'U', icon: 'ball' },
  { tool: 'flood-score', label: 'Flood by score', keys: 'O', icon: 'flood' },
  { tool: 'flood-normal', label: 'Flood by face', keys: 'Shift+O', icon: 'face' },
];

function Tools() {
  const { setLabelOptions } = useCommands();
  const current = useStudio((state) => state.labels.tool);
  const scored = useActiveScan()?.analysis !== null;
  return (
    <div className="label-tools" role="toolbar" aria-label="Label tools">
      {TOOLS.map(({ tool, label, keys, icon }) => (
        <button
          key={label}
          type="button"
          className="icon-button"
          aria-label={label}
          aria-pressed={tool === current}
          title={`${label} (${keys})`}
          disabled={tool === 'flood-score' && !scored}
          onClick={() => setLabelOptions({ tool })}
        >
          <Icon name={icon} />
        </button>
      ))}
    </div>
  );
}

/** The labels of the scan in the viewport are read as soon as it is there. */
function useOpenLabels(): void {
  const id = useActiveScan()?.cloud?.id;
  const { openLabels } = useCommands();
  useEffect(() => {
    if (id !== undefined) void openLabels();
  }, [id, openLabels]);
}

/** Draws labels and selection while the mode is on screen. */
function useMarks(): void {
  const viewer = useViewer();
  const cloud = useActiveScan()?.cloud ?? null;
  const set = useStudio((state) => (cloud === null ? undefined : state.labels.scans.get(cloud.id)?.set));
  const selection = useStudio((state) => state.labels.selection);
  const hidden = useStudio((state) => state.labels.hidden);
  const palette = useMemo(() => markPalette(set?.classes ?? []), [set?.classes]);
  useEffect(() => {
    if (cloud === null || set === undefined) return;
    const selected = selection?.scan === cloud.id ? selection.points : null;
    viewer.current?.setMarks({ marks: marksOf(set.classOf, selected, hidden), palette });
  }, [viewer, cloud, set, selection, hidden, palette]);
  useEffect(() => () => viewer.current?.setMarks(null), [viewer]);
}
