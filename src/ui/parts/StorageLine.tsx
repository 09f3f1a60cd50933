/** How much of the browser's storage is used by models, runs and evaluations together. */

import { formatBytes, formatPercent } from '../../studio/units.ts';
import { useStudio } from '../useStudio.ts';

export function StorageLine() {
  const storage = useStudio((state) => state.training.storage);
  if (storage === null) return null;
  const { usage, quota, persistent } = storage;
  return (
    <p className="note">
      {formatBytes(usage)} of {formatBytes(quota)} used ({formatPercent(usage / quota)}).
      {!persistent && ' The browser may throw them away when the disk is full: export what matters.'}
    </p>
  );
}
