/** Comments that were pinned to the scan, as a list: go there, change, delete, save. */

import { type Pin, pinName } from '../../core/labels/pins.ts';
import { rowPlace } from '../../core/rowPlace.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { pinsCsv } from '../../studio/scanExport.ts';
import { useKeyActions } from '../keyActions.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useActiveScan, useScanLabels } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { FoldSection } from './FoldSection.tsx';

/** A close-up of a pin shows this share of the scan's radius. */
const CLOSE = 0.25;

export function PinsPanel() {
  const scan = useActiveScan();
  const labels = useScanLabels();
  const pinning = useStudio((state) => state.viewTools.pinning);
  const { setPinning } = useCommands();
  const pins = labels?.set.pins ?? [];
  const save = () => {
    if (scan?.cloud == null || pins.length === 0) return;
    saveFile(`${scan.name.replace(/\.[^.]*$/, '')}_pins.csv`, pinsCsv(pins, scan, scan.cloud), 'text/csv');
  };
  useKeyActions({ 'save-pins': save });
  return (
    <FoldSection
      title="Pins"
      folded={pins.length === 0}
      action={
        <span className="row">
          <button
            type="button"
            className="button button-small"
            aria-pressed={pinning}
            disabled={scan?.cloud == null}
            title="Pin a comment to a point (K)"
            onClick={() => setPinning(!pinning)}
          >
            Add pin
          </button>
          <IconButton
            icon="export"
            label="Save the pins as CSV"
            disabled={pins.length === 0}
            onClick={save}
          />
        </span>
      }
    >
      {pins.length === 0 ? (
        <p className="note">No comment yet. One stays with its scan, also when the file is opened again.</p>
      ) : (
        <PinList pins={pins} />
      )}
      {labels?.storage.kind === 'failed' && pins.length > 0 && (
        <p className="note caution">They last until this page is closed: save them.</p>
      )}
    </FoldSection>
  );
}

function PinList({ pins }: { readonly pins: readonly Pin[] }) {
  const viewer = useViewer();
  const scan = useActiveScan();
  const edited = useStudio((state) => state.viewTools.pinDraft?.id ?? null);
  const { editPin, removePin } = useCommands();
  const go = (row: number) => {
    const { cloud = null, radius = null } = scan ?? {};
    if (cloud === null || viewer.current === null) return;
    const normal = cloud.normals === null ? viewer.current.direction() : rowPlace(cloud.normals, row);
    if (normal !== null)
      viewer.current.closeUp(rowPlace(cloud.positions, row), normal, CLOSE * (radius ?? 1));
  };
  return (
    <ol className="pin-list" aria-label="Pins">
      {pins.map(({ id, row, text }, at) => (
        <li key={id} className={id === edited ? 'current' : ''}>
          <button
            type="button"
            className="pin-text"
            aria-label={`Go to pin ${pinName(at)}: ${text}`}
            onClick={() => go(row)}
          >
            <b>{pinName(at)}</b>
            <span>{text}</span>
          </button>
          <IconButton icon="rename" label={`Change pin ${pinName(at)}`} onClick={() => editPin(id)} />
          <IconButton icon="delete" label={`Delete pin ${pinName(at)}`} onClick={() => removePin(id)} />
        </li>
      ))}
    </ol>
  );
}
