/** What is known of the scan: file, points, size, unit, how long it took. */

import { useId, useMemo } from 'react';
import { sizeOf } from '../../core/boundingSize.ts';
import { isUpAxis, UP_AXES } from '../../core/upAxis.ts';
import { axisName, placingScope } from '../../studio/placing.ts';
import type { Analysis, Scan } from '../../studio/state.ts';
import {
  formatCount,
  formatMilliseconds,
  formatSignificant,
  isLengthUnit,
  LENGTH_UNITS,
  unitSymbol,
} from '../../studio/units.ts';
import { type Fact, Facts } from '../parts/Facts.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function ScanPanel() {
  const scan = useActiveScan();
  return (
    <FoldSection title="Scan" folded>
      {scan === null ? <p className="note">No scan is open.</p> : <ScanFacts scan={scan} />}
    </FoldSection>
  );
}

function ScanFacts({ scan }: { readonly scan: Scan }) {
  const { cloud, report, analysis } = scan;
  const size = useMemo(() => (cloud === null ? null : sizeOf(cloud.positions)), [cloud]);
  const facts: Fact[] = [['Name', scan.name]];
  if (scan.origin.kind === 'sample')
    facts.push(['Known defect', scan.origin.sample.defect ?? 'none, a good part']);
  if (cloud !== null) facts.push(['Points', formatCount(cloud.positions.length / 3)]);
  if (report !== null) {
    facts.push(['Format', report.format]);
    if (report.faces > 0)
      facts.push([
        'Triangles',
        `${formatCount(report.faces)}, ${scan.mesh.kind === 'sample' ? 'points of their surface used' : 'vertices used'}`,
      ]);
    const leftOut = report.skipped + report.nan;
    facts.push(['Left out', leftOut === 0 ? 'nothing' : `${formatCount(leftOut)} rows`]);
  }
  if (size !== null)
    facts.push([
      'Size',
      `${size.map((edge) => formatSignificant(edge)).join(' × ')}\u00a0${unitSymbol(scan.unit)}`,
    ]);
  if (analysis !== null) facts.push(...analysisFacts(analysis, scan));
  return (
    <>
      <UnitChoice scan={scan} />
      <UpChoice scan={scan} />
      {scan.origin.kind === 'file' && !scan.unplaced && (
        <p className="note">Remembered for {placingScope(scan.origin)}.</p>
      )}
      <Facts facts={facts} />
    </>
  );
}

function analysisFacts({ frame, voxels, timings }: Analysis, scan: Scan): Fact[] {
  return [
    ['1 R (radius)', `${formatSignificant(frame.radius)}\u00a0${unitSymbol(scan.unit)}`],
    ['Voxels per level', voxels.map(formatCount).join(' · ')],
    ['Time', `${formatMilliseconds(timings.total)}, network ${formatMilliseconds(timings.network)}`],
  ];
}

function UnitChoice({ scan }: { readonly scan: Scan }) {
  const id = useId();
  const { placeScan } = useCommands();
  return (
    <div className="field field-row">
      <label htmlFor={id}>Unit of the file</label>
      <select
        id={id}
        value={scan.unit}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (isLengthUnit(value)) placeScan(scan.id, { unit: value });
        }}
      >
        {LENGTH_UNITS.map((unit) => (
          <option key={unit.id} value={unit.id}>
            {unit.label}
          </option>
        ))}
      </select>
    </div>
  );
}

function UpChoice({ scan }: { readonly scan: Scan }) {
  const id = useId();
  const { placeScan } = useCommands();
  return (
    <div className="field field-row">
      <label htmlFor={id}>Axis that points up</label>
      <select
        id={id}
        value={scan.up}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (isUpAxis(value)) placeScan(scan.id, { up: value });
        }}
      >
        {UP_AXES.map((axis) => (
          <option key={axis} value={axis}>
            {axisName(axis)}
          </option>
        ))}
      </select>
    </div>
  );
}
