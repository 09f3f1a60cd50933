/** The scored scan, and the results of all scans, as files. */

import { saveFile } from '../../studio/saveFile.ts';
import { exportScan, resultsCsv, SCAN_FORMATS, type ScanFormat } from '../../studio/scanExport.ts';
import { Section } from '../parts/Section.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';

const MIME: Readonly<Record<ScanFormat, string>> = {
  ply: 'application/octet-stream',
  pcd: 'application/octet-stream',
  csv: 'text/csv',
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
    <Section title="Save">
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
    </Section>
  );
}
