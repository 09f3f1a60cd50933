/** The parts of the method side by side: what can be compared of the chosen model and dataset. */

import { useId, useState } from 'react';
import { TRAINING_VARIANTS } from '../../core/ablation.ts';
import { ablationUnderWay } from '../../studio/ablationState.ts';
import { runUnderWay } from '../../studio/evaluationState.ts';
import { modelSummary, type StudioState } from '../../studio/state.ts';
import { type PlanId, plansFor } from '../../studio/trainingPlans.ts';
import { formatCount } from '../../studio/units.ts';
import { FoldSection } from '../inspect/FoldSection.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function AblationPanel() {
  const { ablateScores, ablateTraining, cancelAblation } = useCommands();
  const running = useStudio(({ evaluation }) => ablationUnderWay(evaluation) !== null);
  const why = useStudio(obstacle);
  const noModel = useStudio((state) => modelSummary(state) === null);
  const model = useStudio((state) => (state.model.phase === 'ready' ? state.model.entry.title : null));
  const [plan, setPlan] = useState<PlanId>('quick');
  return (
    <FoldSection title="Ablations" folded>
      <p className="note">
        What each part of the method is worth on the chosen categories: L1 or L2, mean, top 1 % or p99 of a
        scan’s points; and with training, distance, direction or both, and random directions.
      </p>
      {running ? (
        <button type="button" className="button button-wide" onClick={cancelAblation}>
          Cancel the comparison
        </button>
      ) : (
        <>
          <button
            type="button"
            className="button button-wide"
            disabled={why !== '' || noModel}
            title={model === null ? 'No model is loaded' : `Measures ${model} in every way to score it`}
            onClick={() => void ablateScores()}
          >
            Compare norms and scores
          </button>
          <PlanChoice plan={plan} onChange={setPlan} />
          <button
            type="button"
            className="button button-wide"
            disabled={why !== ''}
            onClick={() => void ablateTraining(plan)}
          >
            Train and compare losses
          </button>
        </>
      )}
      {why !== '' && !running && <p className="note">{why}</p>}
    </FoldSection>
  );
}

function obstacle(state: StudioState): string {
  const { dataset, chosen } = state.evaluation;
  if (dataset === null) return 'Choose a dataset first.';
  if (chosen.size === 0) return 'Choose at least one category.';
  if (state.engine.phase !== 'ready') return 'The engine is not ready.';
  return runUnderWay(state.evaluation) === null ? '' : 'An evaluation is under way.';
}

function PlanChoice({
  plan,
  onChange,
}: {
  readonly plan: PlanId;
  readonly onChange: (plan: PlanId) => void;
}) {
  const id = useId();
  const plans = plansFor('scratch');
  const steps = plans.find((known) => known.id === plan)?.recipe.training.steps ?? 0;
  return (
    <div className="field">
      <label htmlFor={id}>Plan of the training</label>
      <select
        id={id}
        value={plan}
        onChange={({ currentTarget: { value } }) => {
          const found = plans.find((known) => known.id === value);
          if (found !== undefined) onChange(found.id);
        }}
      >
        {plans.map(({ id: known, title }) => (
          <option key={known} value={known}>
            {title}
          </option>
        ))}
      </select>
      <p className="note">
        {TRAINING_VARIANTS.length} runs of {formatCount(steps)} steps for each category, with the same seed;
        they stand in Train mode, and their models in its library.
      </p>
    </div>
  );
}
