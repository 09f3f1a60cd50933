/** The bar above the viewport: open, samples, and which scan is shown. */

import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { chooseFiles } from './chooseFiles.ts';

export function TopBar() {
  const { openFiles, setPanel } = useCommands();
  const samples = useStudio((state) => state.panels.samples);
  return (
    <header className="top-bar">
      <h1>
        PO3AD <span>Studio</span>
      </h1>
      <ScanStepper />
      <div className="top-actions">
        <button
          type="button"
          className="button"
          aria-expanded={samples}
          aria-controls="scans-panel"
          title="Scans and samples (G)"
          onClick={() => setPanel('samples', !samples)}
        >
          <Icon name="samples" />
          <span>Samples</span>
        </button>
        <button
          type="button"
          className="button button-primary"
          title="Open files (O)"
          onClick={() => chooseFiles(openFiles)}
        >
          <Icon name="open" />
          <span>Open files</span>
        </button>
      </div>
    </header>
  );
}

function ScanStepper() {
  const scans = useStudio((state) => state.scans);
  const shown = useStudio((state) => state.activeId);
  const { stepScan } = useCommands();
  const at = scans.findIndex((scan) => scan.id === shown);
  const scan = scans[at];
  return (
    <div className="stepper">
      <IconButton
        icon="previous"
        label="Previous scan"
        keys="←"
        disabled={at <= 0}
        onClick={() => stepScan(-1)}
      />
      <p aria-live="polite">
        <span className="ellipsis scan-title">{scan?.name ?? 'No scan'}</span>
        <span className="dim">
          {scan === undefined ? 'open one or choose a sample' : `${at + 1} of ${scans.length}`}
        </span>
      </p>
      <IconButton
        icon="next"
        label="Next scan"
        keys="→"
        disabled={at < 0 || at >= scans.length - 1}
        onClick={() => stepScan(1)}
      />
    </div>
  );
}
