/** What each mode of the page shows, in the order of the rail. A mode is a folder of `ui` and one entry here. */

import type { ComponentType } from 'react';
import type { ModeId } from '../studio/modes.ts';
import { EvaluateInspector } from './evaluate/EvaluateInspector.tsx';
import { EvaluatePage } from './evaluate/EvaluatePage.tsx';
import { RunsPane } from './evaluate/RunsPane.tsx';
import { InspectOverlay } from './inspect/InspectOverlay.tsx';
import { Inspector } from './inspect/Inspector.tsx';
import { LabelInspector } from './label/LabelInspector.tsx';
import { LabelOverlay } from './label/LabelOverlay.tsx';
import { Legend } from './legend/Legend.tsx';
import type { IconName } from './parts/Icon.tsx';
import { ShareInspector } from './share/ShareInspector.tsx';
import { ShareOverlay } from './share/ShareOverlay.tsx';
import { TrainCurves } from './train/TrainCurves.tsx';
import { TrainInspector } from './train/TrainInspector.tsx';
import { TrainOverlay } from './train/TrainOverlay.tsx';
import { useStudio } from './useStudio.ts';

export interface Mode {
  readonly id: ModeId;
  readonly label: string;
  readonly icon: IconName;
  /** The right side. */
  readonly Inspector: ComponentType;
  /** Left half of the drawer, and its name; the log stands beside it. */
  readonly drawer: { readonly title: string; readonly Pane: ComponentType };
  /** Tools over the 3D view; null for none. */
  readonly Overlay: ComponentType | null;
  /** Covers the 3D view, for modes that are about tables and curves; null to leave it in sight. */
  readonly Page: ComponentType | null;
}

export const MODES: readonly Mode[] = [
  {
    id: 'inspect',
    label: 'Inspect',
    icon: 'inspect',
    Inspector,
    drawer: { title: 'Histogram', Pane: Legend },
    Overlay: InspectOverlay,
    Page: null,
  },
  {
    id: 'label',
    label: 'Label',
    icon: 'label',
    Inspector: LabelInspector,
    drawer: { title: 'Histogram', Pane: Legend },
    Overlay: LabelOverlay,
    Page: null,
  },
  {
    id: 'train',
    label: 'Train',
    icon: 'train',
    Inspector: TrainInspector,
    drawer: { title: 'Curves', Pane: TrainCurves },
    Overlay: TrainOverlay,
    Page: null,
  },
  {
    id: 'evaluate',
    label: 'Evaluate',
    icon: 'evaluate',
    Inspector: EvaluateInspector,
    drawer: { title: 'Runs', Pane: RunsPane },
    Overlay: null,
    Page: EvaluatePage,
  },
  {
    id: 'share',
    label: 'Share',
    icon: 'share',
    Inspector: ShareInspector,
    drawer: { title: 'Histogram', Pane: Legend },
    Overlay: ShareOverlay,
    Page: null,
  },
];

const BY_ID = new Map(MODES.map((mode) => [mode.id, mode]));

/** The mode in force. */
export function useMode(): Mode {
  const id = useStudio((state) => state.mode);
  const mode = BY_ID.get(id);
  if (mode === undefined) throw new Error(`the mode "${id}" has no entry in ui/modes.ts`);
  return mode;
}
