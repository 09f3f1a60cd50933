/** What the viewport shows while there is nothing to draw: what goes on, or how to begin. */

import { FORMATS_TEXT } from '../../studio/formats.ts';
import { SampleGallery } from '../inspect/SampleGallery.tsx';
import { Icon } from '../parts/Icon.tsx';
import { useActiveScan, useTrainingStage } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { activityOf } from './activity.ts';
import { chooseFiles } from './chooseFiles.ts';

export function EmptyState() {
  const scan = useActiveScan();
  const shown = useTrainingStage() !== null || scan?.cloud != null;
  const engine = useStudio((state) => state.engine);
  const model = useStudio((state) => state.model);
  const job = useStudio((state) => state.job);
  const wanted = useStudio((state) => state.wantedId !== null);
  const listsHere = useStudio((state) => state.samples !== null);
  if (shown) return null;
  const activity = activityOf(engine, model, job);
  if (!listsHere || (wanted && activity !== null))
    return (
      <div className="empty-state empty-busy">
        <div className="spinner" aria-hidden="true" />
        <p>{activity?.text ?? 'Loading …'}</p>
      </div>
    );
  return <Begin />;
}

function Begin() {
  const { openFiles, addGoodFiles } = useCommands();
  const good = useStudio((state) => state.reference.own.length);
  return (
    <div className="empty-state">
      <div className="drop-zones">
        <div className="drop-zone">
          <Icon name="open" />
          <h2>Scan to check</h2>
          <p className="dim">{FORMATS_TEXT}. It stays on this computer.</p>
          <button type="button" className="button button-primary" onClick={() => chooseFiles(openFiles)}>
            Choose the scan to check
          </button>
        </div>
        <div className="drop-zone">
          <Icon name="check" />
          <h2>Good scan</h2>
          <p className="dim">
            One or more scans of a good part to compare with. No training: the heatmap comes at once.
          </p>
          <button type="button" className="button" onClick={() => chooseFiles(addGoodFiles)}>
            {good === 0 ? 'Choose good scans' : `${good} chosen, add more`}
          </button>
        </div>
      </div>
      <h2>or begin with a sample</h2>
      <SampleGallery />
    </div>
  );
}
