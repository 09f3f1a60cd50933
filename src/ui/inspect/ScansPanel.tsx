/** The panel beside the viewport: scans that are open, and the bundled samples. */

import type { Scan } from '../../studio/state.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { SampleGallery } from './SampleGallery.tsx';

export function ScansPanel() {
  const { setPanel } = useCommands();
  const scans = useStudio((state) => state.scans);
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
      {scans.length === 0 ? <p className="note">None yet.</p> : <ScanList scans={scans} />}
      <h2>Samples</h2>
      <SampleGallery />
    </aside>
  );
}

function ScanList({ scans }: { readonly scans: readonly Scan[] }) {
  const shown = useStudio((state) => state.wantedId ?? state.activeId);
  const { showScan, retryScan, removeScan } = useCommands();
  return (
    <ul className="scan-list">
      {scans.map((scan) => {
        const again = scan.status.kind === 'failed' || scan.status.kind === 'cancelled';
        return (
          <li key={scan.id} className={scan.id === shown ? 'current' : ''}>
            <button
              type="button"
              className="scan-name"
              aria-current={scan.id === shown ? 'true' : undefined}
              onClick={() => (again && scan.cloud === null ? retryScan(scan.id) : showScan(scan.id))}
            >
              <span className="ellipsis">{scan.name}</span>
              <ScanState scan={scan} />
            </button>
            {again && (
              <IconButton icon="retry" label={`Try ${scan.name} again`} onClick={() => retryScan(scan.id)} />
            )}
            <IconButton icon="close" label={`Close ${scan.name}`} onClick={() => removeScan(scan.id)} />
          </li>
        );
      })}
    </ul>
  );
}

const VERDICT_WORDS = {
  ok: 'OK',
  'not-ok': 'NOT OK',
  uncalibrated: 'scored',
  'not-aligned': 'no verdict',
} as const;

function ScanState({ scan }: { readonly scan: Scan }) {
  const { status, summary } = scan;
  if (summary !== null && (status.kind === 'scored' || status.kind === 'released'))
    return <span className={`tag tag-${summary.verdict}`}>{VERDICT_WORDS[summary.verdict]}</span>;
  const words = {
    waiting: 'waiting',
    working: 'scoring …',
    shown: 'not scored',
    scored: 'scored',
    released: 'scored',
    cancelled: 'cancelled',
    failed: 'not readable',
  } as const;
  return <span className={`tag ${status.kind === 'failed' ? 'tag-not-ok' : ''}`}>{words[status.kind]}</span>;
}
