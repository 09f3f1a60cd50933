/** The bar above the viewport: open, samples, and which scan is shown. */

import { useMemo } from 'react';
import { listedScans, neighbourScan } from '../../studio/scanList.ts';
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
  const all = useStudio((state) => state.scans);
  const list = useStudio((state) => state.scanList);
  const scans = useMemo(() => listedScans(all, list), [all, list]);
  const shown = useStudio((state) => state.activeId);
  const wanted = useStudio((state) => state.scans.find((scan) => scan.id === state.wantedId) ?? null);
  const { stepScan } = useCommands();
  const at = scans.findIndex((scan) => scan.id === shown);
  const from = wanted?.id ?? shown;
  const has = (step: 1 | -1) => from !== null && neighbourScan(scans, from, step) !== null;
  const scan = all.find(({ id }) => id === shown) ?? null;
  const place =
    scan === null
      ? 'open one or choose a sample'
      : at < 0
        ? `not among the ${scans.length} listed`
        : `${at + 1} of ${scans.length}`;
  return (
    <div className="stepper">
      <IconButton
        icon="previous"
        label="Previous scan"
        keys="←"
        disabled={!has(-1)}
        onClick={() => stepScan(-1)}
      />
      <p aria-live="polite">
        <span className="ellipsis scan-title">{scan?.name ?? 'No scan'}</span>
        <span className="dim ellipsis">{wanted === null ? place : `opening ${wanted.name} …`}</span>
      </p>
      <IconButton icon="next" label="Next scan" keys="→" disabled={!has(1)} onClick={() => stepScan(1)} />
    </div>
  );
}
