/** A mesh as its vertices, or as points drawn evenly from its surface; on screen only for meshes. */

import { MESH_POINTS, MOST_MESH_POINTS } from '../../studio/meshChoice.ts';
import type { Scan } from '../../studio/state.ts';
import { formatCount } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { NumberField } from '../parts/NumberField.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function MeshPanel() {
  const scan = useActiveScan();
  if (scan === null || (scan.report?.faces ?? 0) === 0) return null;
  return (
    <FoldSection title="Mesh">
      <MeshChoice scan={scan} />
    </FoldSection>
  );
}

function MeshChoice({ scan }: { readonly scan: Scan }) {
  const { useMesh: readAs } = useCommands();
  const { mesh, report, status, id } = scan;
  const busy = status.kind === 'working';
  const points = mesh.kind === 'sample' ? mesh.points : MESH_POINTS;
  const seed = mesh.kind === 'sample' ? mesh.seed : 0;
  const sample = (count: number, from: number) =>
    readAs(id, {
      kind: 'sample',
      points: Math.round(Math.min(MOST_MESH_POINTS, Math.max(1, count))),
      seed: from,
    });
  return (
    <>
      <fieldset className="mesh-choice" aria-label="What the mesh is used as">
        <button
          type="button"
          className="button button-small"
          aria-pressed={mesh.kind === 'vertices'}
          disabled={busy}
          onClick={() => mesh.kind !== 'vertices' && readAs(id, { kind: 'vertices' })}
        >
          Vertices
        </button>
        <button
          type="button"
          className="button button-small"
          aria-pressed={mesh.kind === 'sample'}
          disabled={busy}
          onClick={() => mesh.kind !== 'sample' && sample(points, seed)}
        >
          Points of the surface
        </button>
      </fieldset>
      {mesh.kind === 'sample' && (
        <div className="row">
          <NumberField
            key={points}
            label="How many points"
            value={points}
            unit="points"
            digits={String(points).length}
            onCommit={(count) => sample(count, seed)}
          />
          <IconButton
            icon="dice"
            label={`Draw other points (these are draw ${seed + 1})`}
            disabled={busy}
            onClick={() => sample(points, (seed + 1) % 2 ** 32)}
          />
        </div>
      )}
      <p className="note">
        {mesh.kind === 'vertices'
          ? `${formatCount(report?.faces ?? 0)} triangles. Vertices lie close where the mesh is fine: a part from CAD has few on its flat faces.`
          : `Drawn evenly over ${formatCount(report?.faces ?? 0)} triangles, as a scanner would see it; the same points every time.`}{' '}
        Remembered for meshes that are opened next.
      </p>
    </>
  );
}
