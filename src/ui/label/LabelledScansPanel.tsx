/** The open scans with how far labelling has come; only those to do, on request. */

import { useState } from 'react';
import { countClasses } from '../../core/labels/labelSet.ts';
import type { ScanLabels } from '../../studio/labelState.ts';
import type { Scan } from '../../studio/state.ts';
import { formatCount } from '../../studio/units.ts';
import { Section } from '../parts/Section.tsx';
import { Switch } from '../parts/Switch.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

function labelled(labels: ScanLabels | undefined): number {
  if (labels === undefined) return 0;
  return labels.set.classOf.length - (countClasses(labels.set).get(0) ?? 0);
}

export function LabelledScansPanel() {
  const scans = useStudio((state) => state.scans);
  const known = useStudio((state) => state.labels.scans);
  const shown = useStudio((state) => state.wantedId ?? state.activeId);
  const { showScan } = useCommands();
  const [todo, setTodo] = useState(false);
  const rows = scans.map((scan) => ({ scan, points: labelled(labelsOf(scan, known)) }));
  const done = rows.filter(({ points }) => points > 0).length;
  const listed = todo ? rows.filter(({ points, scan }) => points === 0 || scan.id === shown) : rows;
  if (scans.length < 2) return null;
  return (
    <Section title="Scans">
      <p className="note">
        {done} of {scans.length} have labels. Arrow keys go to the next one.
      </p>
      <Switch label="Only those without labels" on={todo} onChange={() => setTodo(!todo)} />
      <ul className="scan-list">
        {listed.map(({ scan, points }) => (
          <li key={scan.id} className={scan.id === shown ? 'current' : ''}>
            <button
              type="button"
              className="scan-name"
              aria-current={scan.id === shown ? 'true' : undefined}
              onClick={() => showScan(scan.id)}
            >
              <span className="ellipsis">{scan.name}</span>
              <span className="tag">{points === 0 ? 'no labels' : `${formatCount(points)} points`}</span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function labelsOf({ cloud }: Scan, known: ReadonlyMap<string, ScanLabels>): ScanLabels | undefined {
  return cloud === null ? undefined : known.get(cloud.id);
}
