/** The right side in Label mode: what is selected, the classes, how tools work, files, scans. */

import type { ScanLabels } from '../../studio/labelState.ts';
import { Section } from '../parts/Section.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useStudio } from '../useStudio.ts';
import { ClassesPanel } from './ClassesPanel.tsx';
import { LabelFilesPanel } from './LabelFilesPanel.tsx';
import { LabelledScansPanel } from './LabelledScansPanel.tsx';
import { SelectionPanel } from './SelectionPanel.tsx';
import { SuggestionsPanel } from './SuggestionsPanel.tsx';
import { ToolOptionsPanel } from './ToolOptionsPanel.tsx';

export function LabelInspector() {
  const cloud = useActiveScan()?.cloud ?? null;
  const labels = useStudio((state) => (cloud === null ? undefined : state.labels.scans.get(cloud.id)));
  if (cloud === null)
    return (
      <Section title="Label">
        <p className="note">Open a scan first: drop it on the page, or choose a sample.</p>
      </Section>
    );
  if (labels === undefined)
    return (
      <Section title="Label">
        <p className="note">Reading the labels …</p>
      </Section>
    );
  return (
    <>
      <SelectionPanel cloud={cloud} />
      <ClassesPanel labels={labels} />
      <SuggestionsPanel classes={labels.set.classes} />
      <ToolOptionsPanel />
      <LabelFilesPanel storage={storageText(labels)} />
      <LabelledScansPanel />
    </>
  );
}

function storageText({ storage }: ScanLabels): string {
  switch (storage.kind) {
    case 'kept':
      return 'Every step is kept in this browser.';
    case 'keeping':
      return 'Keeping …';
    case 'failed':
      return `Not kept: ${storage.why}. Export to keep them.`;
    default:
      return storage satisfies never;
  }
}
