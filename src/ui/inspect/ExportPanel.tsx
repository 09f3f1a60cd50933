/** The report, the scored scan, and the results of all scans, as files. */

import { useState } from 'react';
import { type Pin, pinName } from '../../core/labels/pins.ts';
import { rowPlace } from '../../core/rowPlace.ts';
import type { PointCloud, Vec3 } from '../../core/types.ts';
import { isAccepted } from '../../studio/judgement.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { exportScan, resultsCsv, SCAN_FORMATS, type ScanFormat } from '../../studio/scanExport.ts';
import { useKeyActions } from '../keyActions.ts';
import { Icon } from '../parts/Icon.tsx';
import { useAcceptedPoints, useActiveScan, useScanLabels } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';
import { FoldSection } from './FoldSection.tsx';
import { reportPictures, textPicture } from './reportPictures.ts';
import { useRegions } from './useRegions.ts';

const MIME: Readonly<Record<ScanFormat, string>> = {
  ply: 'application/octet-stream',
  pcd: 'application/octet-stream',
  csv: 'text/csv',
  xyz: 'text/plain',
  npy: 'application/octet-stream',
};

export function ExportPanel() {
  const scan = useActiveScan();
  const scans = useStudio((state) => state.scans);
  const labels = useStudio((state) => state.labels.scans);
  const ready = scan?.cloud != null && scan.analysis !== null;
  const save = (format: ScanFormat) => {
    if (scan === null || scan.cloud === null || scan.analysis === null) return;
    const { cloud, analysis } = scan;
    const classOf = labels.get(cloud.id)?.set.classOf ?? null;
    const bytes = exportScan({ scan, cloud, analysis, labels: classOf }, format);
    saveFile(`${scan.name.replace(/\.[^.]*$/, '')}_scored.${format}`, bytes, MIME[format]);
  };
  return (
    <FoldSection title="Save">
      <ReportButton />
      <div className="row row-wrap">
        <span className="dim">Scan with scores</span>
        {SCAN_FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className="button button-small"
            disabled={!ready}
            onClick={() => save(format)}
          >
            {format.toUpperCase()}
          </button>
        ))}
      </div>
      {scans.length > 1 && (
        <button
          type="button"
          className="button button-small"
          onClick={() => saveFile('results.csv', resultsCsv(scans), 'text/csv')}
        >
          Results of all {scans.length} scans
        </button>
      )}
    </FoldSection>
  );
}

/** @param towards the viewer, for a scan without normals */
function pinMarks(
  cloud: PointCloud | null,
  pins: readonly Pin[],
  towards: Vec3 | null,
): { place: Vec3; normal: Vec3; text: string }[] {
  if (cloud === null) return [];
  const { positions, normals } = cloud;
  return pins.flatMap(({ row }, at) => {
    const normal = normals === null ? towards : rowPlace(normals, row);
    return normal === null ? [] : [{ place: rowPlace(positions, row), normal, text: pinName(at) }];
  });
}

/** Regions that are still looked for are waited for: a report without them would say that there are none. */
function ReportButton() {
  const viewer = useViewer();
  const scan = useActiveScan();
  const found = useRegions();
  const finding = useStudio((state) => state.regions.finding);
  const accepted = useAcceptedPoints();
  const pins = useScanLabels()?.set.pins ?? [];
  const { saveReport } = useCommands();
  const [making, setMaking] = useState(false);
  const ready = scan?.analysis != null && found !== null && !finding;
  const make = async () => {
    if (scan === null || found === null) return;
    setMaking(true);
    const { current } = viewer;
    const open = found.regions
      .map((region, at) => ({ region, at }))
      .filter(({ region }) => !isAccepted(region, accepted));
    const pictures =
      current === null
        ? []
        : await reportPictures(
            current,
            open,
            scan.radius ?? 1,
            pinMarks(scan.cloud, pins, current.direction()),
          );
    await saveReport(pictures, textPicture);
    setMaking(false);
  };
  useKeyActions({ 'save-report': () => void (ready && !making && make()) });
  return (
    <button
      type="button"
      className="button button-wide"
      disabled={!ready || making}
      onClick={() => void make()}
    >
      <Icon name="export" />
      {making ? 'Making the report …' : 'Report (PDF)'}
    </button>
  );
}
