/** What is selected, and what can be done with it. */

import type { PointCloud } from '../../core/types.ts';
import { formatCount, formatPercent } from '../../studio/units.ts';
import { Section } from '../parts/Section.tsx';
import { useActiveScan, useHeatmapScale } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';

export function SelectionPanel({ cloud }: { readonly cloud: PointCloud }) {
  const points = cloud.positions.length / 3;
  const selection = useStudio((state) => state.labels.selection);
  const spreading = useStudio((state) => state.labels.spreading);
  const score = useActiveScan()?.analysis?.map.score ?? null;
  const { threshold } = useHeatmapScale();
  const { selectPoints, spreadSelection } = useCommands();
  const here = selection?.scan === cloud.id ? selection : null;
  const count = here?.count ?? 0;
  const none = here === null;
  const above = (values: Float32Array) => {
    // The heatmap compares float32 values.
    const limit = Math.fround(threshold);
    return Uint8Array.from(values, (value) => (value > limit ? 1 : 0));
  };
  return (
    <Section title="Selection">
      <output aria-label="Selected points" className="selection-count">
        {spreading ? 'Spreading …' : `${formatCount(count)} points`}
        <span className="dim">
          {' '}
          {none ? 'Draw with a tool, or flood from a point' : formatPercent(count / points)}
        </span>
      </output>
      <div className="button-grid">
        <button
          type="button"
          className="button button-small"
          disabled={score === null}
          title="All points above the threshold"
          onClick={() => score !== null && selectPoints(above(score))}
        >
          What the heatmap marks
        </button>
        <button
          type="button"
          className="button button-small"
          title="Ctrl+I"
          onClick={() =>
            selectPoints(
              here === null ? new Uint8Array(points).fill(1) : here.points.map((inside) => 1 - inside),
            )
          }
        >
          Invert
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={none || spreading}
          title="W"
          onClick={() => void spreadSelection({ kind: 'grow' }, 'replace')}
        >
          Grow
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={none || spreading}
          title="Shift+W"
          onClick={() => void spreadSelection({ kind: 'shrink' }, 'replace')}
        >
          Shrink
        </button>
        <button
          type="button"
          className="button button-small"
          disabled={none}
          title="Ctrl+Shift+A"
          onClick={() => selectPoints(null)}
        >
          Nothing
        </button>
      </div>
    </Section>
  );
}
