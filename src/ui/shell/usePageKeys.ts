/** What the keys do that work in every mode. */

import { useKeyActions } from '../keyActions.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { chooseFiles } from './chooseFiles.ts';

const ORBIT_DEGREES = 15;
const ZOOM = 0.8;

export function usePageKeys(): void {
  const commands = useCommands();
  const viewer = useViewer();
  const panels = useStudio((state) => state.panels);
  useKeyActions({
    frame: () => viewer.current?.frame(),
    'reset-view': () => viewer.current?.lookFrom('home'),
    'toggle-heatmap': commands.toggleHeatmap,
    'toggle-parallel': commands.toggleParallel,
    'view-front': () => viewer.current?.lookFrom('front'),
    'view-back': () => viewer.current?.lookFrom('back'),
    'view-left': () => viewer.current?.lookFrom('left'),
    'view-right': () => viewer.current?.lookFrom('right'),
    'view-top': () => viewer.current?.lookFrom('top'),
    'view-bottom': () => viewer.current?.lookFrom('bottom'),
    'threshold-down': () => commands.nudgeThreshold(-1),
    'threshold-up': () => commands.nudgeThreshold(1),
    'next-colour-map': commands.nextColourMap,
    'previous-scan': () => commands.stepScan(-1),
    'next-scan': () => commands.stepScan(1),
    'open-files': () => chooseFiles(commands.openFiles),
    'toggle-samples': () => commands.setPanel('samples', !panels.samples),
    'orbit-left': () => viewer.current?.orbit(-ORBIT_DEGREES, 0),
    'orbit-right': () => viewer.current?.orbit(ORBIT_DEGREES, 0),
    'orbit-up': () => viewer.current?.orbit(0, ORBIT_DEGREES),
    'orbit-down': () => viewer.current?.orbit(0, -ORBIT_DEGREES),
    'zoom-in': () => viewer.current?.dolly(ZOOM),
    'zoom-out': () => viewer.current?.dolly(1 / ZOOM),
    help: () => commands.setPanel('keys', !panels.keys),
    palette: () => commands.setPanel('palette', !panels.palette),
    close: () => void commands.closeTopmost(),
  });
}
