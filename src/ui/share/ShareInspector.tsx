/** The right side in Share mode: exactly what leaves, how, the link, and what was shared before. */

import { useEffect } from 'react';
import { Section } from '../parts/Section.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { ContentPanel } from './ContentPanel.tsx';
import { MadePanel } from './MadePanel.tsx';
import { OwnSharesPanel } from './OwnSharesPanel.tsx';
import { useMeasure } from './useMeasure.ts';
import { ShareAction, WayPanel } from './WayPanel.tsx';

export function ShareInspector() {
  const { openShare } = useCommands();
  const scored = useActiveScan()?.analysis != null;
  const made = useStudio((state) => state.share.made);
  useEffect(() => void openShare(), [openShare]);
  useMeasure();
  return (
    <>
      {scored ? (
        <>
          {made !== null && <MadePanel made={made} />}
          <ContentPanel />
          <WayPanel />
          <ShareAction />
        </>
      ) : (
        <Section title="Share">
          <p className="note">There is no heatmap to share yet: open a scan and let it be scored.</p>
        </Section>
      )}
      <OwnSharesPanel />
    </>
  );
}
