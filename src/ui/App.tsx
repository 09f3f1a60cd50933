/** The page: rail, top bar, scans, viewport, drawer, inspector, status bar, and what lies over them. */

import { scanBeside } from '../studio/compareState.ts';
import { ScansPanel } from './inspect/ScansPanel.tsx';
import { KeyHandlersContext, useKeyListener, useKeyName } from './keyActions.ts';
import { useMode } from './modes.ts';
import { KeyNameContext } from './parts/keyNames.ts';
import { Drawer } from './shell/Drawer.tsx';
import { DropTarget } from './shell/DropTarget.tsx';
import { KeyHelp } from './shell/KeyHelp.tsx';
import { Notices } from './shell/Notices.tsx';
import { Palette } from './shell/Palette.tsx';
import { Rail } from './shell/Rail.tsx';
import { StatusBar } from './shell/StatusBar.tsx';
import { TopBar } from './shell/TopBar.tsx';
import { usePageKeys } from './shell/usePageKeys.ts';
import { Viewport } from './shell/Viewport.tsx';
import { useThemeOnDocument } from './theme.ts';
import { useStudio } from './useStudio.ts';
import { useViewerRef, ViewerContext } from './useViewer.ts';

export function App() {
  const viewer = useViewerRef();
  useThemeOnDocument();
  const handlers = useKeyListener();
  const keyName = useKeyName();
  const { Inspector, Overlay, Page } = useMode();
  const samples = useStudio((state) => state.panels.samples);
  const drawer = useStudio((state) => state.panels.drawer);
  const beside = useStudio((state) => scanBeside(state) !== null);
  return (
    <ViewerContext value={viewer}>
      <KeyNameContext value={keyName}>
        <KeyHandlersContext value={handlers}>
          <PageKeys />
          <div className={`app ${samples ? 'with-scans' : ''} ${drawer ? 'with-drawer' : ''}`}>
            <Rail />
            <TopBar />
            {samples && <ScansPanel />}
            <main className={beside ? 'viewport comparing' : 'viewport'} aria-label="Viewport">
              <Viewport />
              {Overlay !== null && <Overlay />}
              {Page !== null && <Page />}
              <Notices />
            </main>
            <Drawer />
            <aside className="inspector" aria-label="Inspector">
              <Inspector />
            </aside>
            <StatusBar />
          </div>
          <KeyHelp />
          <Palette />
          <DropTarget />
        </KeyHandlersContext>
      </KeyNameContext>
    </ViewerContext>
  );
}

/** Inside the contexts that the keys act on. */
function PageKeys() {
  usePageKeys();
  return null;
}
