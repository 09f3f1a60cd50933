/** The panel beside the viewport: scans that are open, and the bundled samples. */

import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { SampleGallery } from './SampleGallery.tsx';
import { ScanList } from './ScanList.tsx';
import { QueueRow, ScanListTools } from './ScanListTools.tsx';

/** So many are seen at a glance, in the order they were opened in. */
const AT_A_GLANCE = 4;

export function ScansPanel() {
  const { setPanel } = useCommands();
  const count = useStudio((state) => state.scans.length);
  return (
    <aside className="scans-panel" id="scans-panel" aria-label="Scans and samples">
      <header className="panel-head">
        <h2>Open scans</h2>
        <IconButton
          icon="close"
          label="Close the scans and samples"
          onClick={() => setPanel('samples', false)}
        />
      </header>
      {count === 0 && <p className="note">None yet.</p>}
      {count > 1 && <QueueRow />}
      {count > AT_A_GLANCE && <ScanListTools />}
      {count > 0 && <ScanList />}
      <h2>Samples</h2>
      <SampleGallery />
    </aside>
  );
}
