/** The right side in Inspect mode: verdict, threshold, colours, the scan, the model. */

import { MeasurePanel } from '../view/MeasurePanel.tsx';
import { PicturePanel } from '../view/PicturePanel.tsx';
import { SectionsPanel } from '../view/SectionsPanel.tsx';
import { ColourPanel } from './ColourPanel.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { ExportPanel } from './ExportPanel.tsx';
import { MeshPanel } from './MeshPanel.tsx';
import { ModelPanel } from './ModelPanel.tsx';
import { PinsPanel } from './PinsPanel.tsx';
import { ReferencePanel } from './ReferencePanel.tsx';
import { RegionsPanel } from './RegionsPanel.tsx';
import { RestorePanel } from './RestorePanel.tsx';
import { ResultPanel } from './ResultPanel.tsx';
import { ScanPanel } from './ScanPanel.tsx';
import { ThresholdPanel } from './ThresholdPanel.tsx';

export function Inspector() {
  return (
    <>
      <ResultPanel />
      <ReferencePanel />
      <MeshPanel />
      <RegionsPanel />
      <PinsPanel />
      <ThresholdPanel />
      <RestorePanel />
      <ComparePanel />
      <SectionsPanel />
      <MeasurePanel />
      <ColourPanel />
      <ScanPanel />
      <ModelPanel />
      <PicturePanel />
      <ExportPanel />
    </>
  );
}
