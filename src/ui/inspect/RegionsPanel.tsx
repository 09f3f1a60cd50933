/** The defects of the scan as a table: a click goes there. */

import { isAccepted } from '../../studio/judgement.ts';
import type { DefectRegion, RegionKind } from '../../studio/regionState.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { regionsCsv } from '../../studio/scanExport.ts';
import { formatCount, formatSignificant, unitSymbol } from '../../studio/units.ts';
import { useKeyActions } from '../keyActions.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useAcceptedPoints, useActiveScan, useDisplayUnit } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';
import { useRegions } from './useRegions.ts';

const KINDS: Readonly<Record<RegionKind, string>> = { bulge: '+ bulge', dent: '− dent', mixed: 'mixed' };
/** Further ones are in the file that can be saved. */
const MOST = 30;

export function RegionsPanel() {
  const scan = useActiveScan();
  const found = useRegions();
  const finding = useStudio((state) => state.regions.finding);
  const shown = useStudio((state) => state.regions.shown);
  const { stepRegion } = useCommands();
  const accepted = useAcceptedPoints();
  const regions = found?.regions ?? [];
  const open = regions.filter((region) => !isAccepted(region, accepted));
  const save = () => {
    if (scan === null || scan.cloud === null || scan.analysis === null) return;
    const { cloud, analysis } = scan;
    saveFile(
      `${scan.name.replace(/\.[^.]*$/, '')}_regions.csv`,
      regionsCsv(regions, { scan, cloud, analysis }, accepted),
      'text/csv',
    );
  };
  useKeyActions({ 'save-regions': save });
  return (
    <FoldSection
      title="Defect regions"
      action={
        <span className="row">
          <IconButton
            icon="previous"
            label="Previous region"
            keys="Shift+N"
            disabled={regions.length === 0}
            onClick={() => stepRegion(-1)}
          />
          <IconButton
            icon="next"
            label="Next region"
            keys="N"
            disabled={regions.length === 0}
            onClick={() => stepRegion(1)}
          />
          <IconButton
            icon="export"
            label="Save the regions as CSV"
            disabled={regions.length === 0}
            onClick={save}
          />
        </span>
      }
    >
      <output className="note" aria-label="Number of defect regions">
        {scan?.analysis == null
          ? 'Known when the scan is scored.'
          : found === null
            ? 'Looking for regions …'
            : countText(open.length, regions.length - open.length, finding)}
      </output>
      {regions.length > 0 && (
        <RegionTable regions={regions.slice(0, MOST)} shown={shown} accepted={accepted} />
      )}
      {regions.length > MOST && <p className="note">The {MOST} worst; all of them are in the saved list.</p>}
    </FoldSection>
  );
}

function countText(open: number, accepted: number, finding: boolean): string {
  const count = open === 0 ? 'No region' : `${formatCount(open)} ${open === 1 ? 'region' : 'regions'}`;
  const besides = accepted === 0 ? '' : `, ${formatCount(accepted)} accepted as normal`;
  return `${count} above the threshold${besides}${finding ? ' …' : ''}`;
}

interface TableProps {
  readonly regions: readonly DefectRegion[];
  readonly shown: number | null;
  /** [N] 1 = accepted as normal. */
  readonly accepted: Uint8Array | null;
}

function RegionTable({ regions, shown, accepted }: TableProps) {
  const unit = useDisplayUnit();
  const source = useActiveScan()?.unit ?? 'file';
  const { showRegion } = useCommands();
  return (
    <div className="region-scroll">
      <table className="regions" aria-label="Defect regions">
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">Kind</th>
            <th scope="col" className="number">
              Peak
            </th>
            <th scope="col" className="number">
              Area
            </th>
            <th scope="col" className="number">
              Points
            </th>
            <th scope="col">
              <span className="visually-hidden">Accept as normal</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {regions.map((region, at) => (
            <tr
              key={region.peak}
              className={`${at === shown ? 'current' : ''} ${isAccepted(region, accepted) ? 'accepted' : ''}`}
            >
              <th scope="row">
                <button
                  type="button"
                  className="link"
                  aria-label={`Go to region ${at + 1}`}
                  aria-pressed={at === shown}
                  onClick={() => showRegion(at)}
                >
                  {at + 1}
                </button>
              </th>
              <td>{KINDS[region.kind]}</td>
              <td className="number">{unit.format(region.peakScore)}</td>
              <td className="number">
                {formatSignificant(region.area, 3)} {unitSymbol(source)}²
              </td>
              <td className="number">{formatCount(region.rows.length)}</td>
              <td>
                <AcceptButton at={at} accepted={isAccepted(region, accepted)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AcceptButton({ at, accepted }: { readonly at: number; readonly accepted: boolean }) {
  const { acceptRegion, rejectRegion } = useCommands();
  return accepted ? (
    <IconButton icon="undo" label={`Region ${at + 1} counts again`} onClick={() => void rejectRegion(at)} />
  ) : (
    <IconButton
      icon="check"
      label={`Accept region ${at + 1} as normal`}
      onClick={() => void acceptRegion(at)}
    />
  );
}
