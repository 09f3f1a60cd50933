/** Leaves the rim of the scan out of score and verdict, and says how much that is. */

import { formatCount, formatPercent } from '../../studio/units.ts';
import { Switch } from '../parts/Switch.tsx';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';

export function RimSwitch() {
  const scan = useActiveScan();
  const { on, found } = useStudio((state) => state.boundary);
  const { toggleBoundary } = useCommands();
  const cloud = scan?.cloud ?? null;
  const rim = cloud === null ? undefined : found.get(cloud.id);
  return (
    <>
      <Switch label="Leave out the rim" keys="E" on={on} onChange={() => void toggleBoundary()} />
      {on && cloud !== null && (
        <p className="note">
          {rim === undefined
            ? 'Looking for the rim …'
            : rim.count === 0
              ? 'This scan has no rim: its surface is closed.'
              : `${formatCount(rim.count)} points (${formatPercent((3 * rim.count) / cloud.positions.length)}) where the scan ends, or at holes, do not count; they are drawn pale.`}
        </p>
      )}
    </>
  );
}
