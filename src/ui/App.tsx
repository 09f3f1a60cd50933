/** The page: rail, top bar, scans, viewport, drawer, inspector, status bar, and what lies over them. */

import { Inspector } from './inspect/Inspector.tsx';
import { ScansPanel } from './inspect/ScansPanel.tsx';
import { Drawer } from './shell/Drawer.tsx';
import { DropTarget } from './shell/DropTarget.tsx';
import { KeyHelp } from './shell/KeyHelp.tsx';
import { Notices } from './shell/Notices.tsx';
import { Rail } from './shell/Rail.tsx';
import { StatusBar } from './shell/StatusBar.tsx';
import { TopBar } from './shell/TopBar.tsx';
import { useKeys } from './shell/useKeys.ts';
import { Viewport } from './shell/Viewport.tsx';
import { useThemeOnDocument } from './theme.ts';
import { useStudio } from './useStudio.ts';
import { useViewerRef, ViewerContext } from './useViewer.ts';

export function App() {
  const viewer = useViewerRef();
  useThemeOnDocument();
  useKeys(viewer);
  const samples = useStudio((state) => state.panels.samples);
  const drawer = useStudio((state) => state.panels.drawer);
  return (
    <ViewerContext value={viewer}>
      <div className={`app ${samples ? 'with-scans' : ''} ${drawer ? 'with-drawer' : ''}`}>
        <Rail />
        <TopBar />
        {samples && <ScansPanel />}
        <main className="viewport" aria-label="Viewport">
          <Viewport />
          <Notices />
        </main>
        <Drawer />
        <Inspector />
        <StatusBar />
      </div>
      <KeyHelp />
      <DropTarget />
    </ViewerContext>
  );
}
