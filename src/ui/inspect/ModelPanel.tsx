/** Which model scores, and where it comes from. */

import { useId } from 'react';
import type { ModelEntry } from '../../studio/catalogue.ts';
import type { ModelSummary } from '../../studio/state.ts';
import { formatCount, formatModelLength } from '../../studio/units.ts';
import { type Fact, Facts } from '../parts/Facts.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function ModelPanel() {
  const model = useStudio((state) => state.model);
  const entry = model.phase === 'ready' || model.phase === 'loading' ? model.entry : null;
  return (
    <FoldSection title="Model" folded>
      <ModelChoice chosen={entry?.id ?? ''} />
      {entry !== null && entry.note !== '' && <p className="note">{entry.note}</p>}
      {model.phase === 'ready' && <Facts facts={modelFacts(model.summary)} />}
      {model.phase === 'absent' && <p className="note">No model is loaded.</p>}
      {(model.phase === 'loading' || model.phase === 'pending') && <p className="note">Loading …</p>}
    </FoldSection>
  );
}

/** A network that needs good scans is chosen by its detector. */
const judgesAlone = ({ inputs }: ModelEntry): boolean => inputs === 'xyz';

const NONE: readonly ModelEntry[] = [];

function ModelChoice({ chosen }: { readonly chosen: string }) {
  const id = useId();
  const models = useStudio((state) => state.models?.entries) ?? NONE;
  const library = useStudio((state) => state.training.models);
  const own = library.filter(({ summary }) => summary.config.inputs === 'xyz');
  const { chooseModel } = useCommands();
  if (models.length + own.length === 0) return null;
  return (
    <div className="field">
      <label className="visually-hidden" htmlFor={id}>
        Model
      </label>
      <select id={id} value={chosen} onChange={(event) => void chooseModel(event.currentTarget.value)}>
        {models.filter(judgesAlone).map((model) => (
          <option key={model.id} value={model.id}>
            {model.title}
          </option>
        ))}
        {own.length > 0 && (
          <optgroup label="In this browser">
            {own.map((model) => (
              <option key={model.id} value={model.id}>
                {model.title}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  );
}

function modelFacts({ config, parameters, calibration, hash, provenance }: ModelSummary): Fact[] {
  const { steps, scans } = provenance;
  return [
    ['Parameters', formatCount(parameters)],
    ['Preset', config.preset],
    ['Voxel size', formatModelLength(config.voxelSize, 2)],
    ...(typeof scans === 'number' ? [['Trained on', `${formatCount(scans)} scans`] as const] : []),
    ...(typeof steps === 'number' ? [['Steps', formatCount(steps)] as const] : []),
    [
      'Point threshold',
      calibration === null ? 'not calibrated' : formatModelLength(calibration.pointThreshold),
    ],
    ['Hash', <code key="hash">{hash.slice(0, 12)}</code>],
  ];
}
