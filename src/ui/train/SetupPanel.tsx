/** How the next run is set up: scans, where the weights come from, how much of everything. */

import { useEffect, useId } from 'react';
import { type PlanId, plansFor } from '../../studio/trainingPlans.ts';
import { estimateKey, nameOf, obstacle, recipeOf, scansOf, startOf } from '../../studio/trainingSetup.ts';
import type { Estimate } from '../../studio/trainingState.ts';
import { formatBytes, formatCount, formatDuration } from '../../studio/units.ts';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { AdvancedPanel } from './AdvancedPanel.tsx';
import { ScanRoles } from './ScanRoles.tsx';

export function SetupPanel() {
  return (
    <>
      <ScanRoles />
      <BaseSection />
      <PlanSection />
      <AdvancedPanel />
      <StartSection />
    </>
  );
}

function BaseSection() {
  const id = useId();
  const models = useStudio((state) => state.training.models);
  const base = useStudio((state) => state.training.draft.base);
  const site = useStudio((state) => state.models?.entries);
  const bundled = site ?? [];
  const from = useStudio((state) => startOf(state));
  const { setTrainingBase, fineTuneBundled } = useCommands();
  return (
    <Section title="Start from">
      <div className="field">
        <label className="visually-hidden" htmlFor={id}>
          Start from
        </label>
        <select
          id={id}
          value={base.kind === 'scratch' ? '' : base.id}
          onChange={({ currentTarget: { value } }) => {
            if (bundled.some((entry) => entry.id === value)) void fineTuneBundled(value);
            else setTrainingBase(value === '' ? { kind: 'scratch' } : { kind: 'library', id: value });
          }}
        >
          <option value="">Scratch: random weights</option>
          {models.map((model) => (
            <option key={model.id} value={model.id}>
              {startWords(model.summary.config.inputs)} “{model.title}”
            </option>
          ))}
          {bundled.map((entry) => (
            <option key={entry.id} value={entry.id}>
              {startWords(entry.inputs)} “{entry.title}” (comes with the page)
            </option>
          ))}
        </select>
      </div>
      {from === 'model' && (
        <p className="note">Keeps its network and voxels, needs a quarter of the steps.</p>
      )}
      {from === 'reference' && (
        <p className="note">
          Compares scans with good ones and knows defects already. The good scans above become what it
          compares with; in a few steps it learns how much they may differ.
        </p>
      )}
    </Section>
  );
}

function startWords(inputs: 'xyz' | 'reference'): string {
  return inputs === 'reference' ? 'From the universal model:' : 'Fine-tune';
}

/** Probed without being asked for: cheap enough everywhere. The paper's plan is probed when it is chosen. */
const CHEAP: readonly PlanId[] = ['quick', 'balanced'];

function PlanSection() {
  const plan = useStudio((state) => state.training.draft.plan);
  const key = useStudio((state) => estimateKey(state, recipeOf(state)));
  const from = useStudio((state) => startOf(state));
  const { setPlan, measureTraining } = useCommands();
  // Short probes, as soon as there is a scan to probe with.
  useEffect(() => {
    if (key === null) return;
    void measureTraining();
    for (const cheap of CHEAP) void measureTraining(cheap);
  }, [key, measureTraining]);
  return (
    <Section title="Plan">
      <div className="plans" role="radiogroup" aria-label="Plan">
        {plansFor(from).map(({ id, title, note }) => (
          <label key={id} className="plan">
            <input type="radio" name="plan" checked={plan === id} onChange={() => setPlan(id)} />
            <span>
              <span className="plan-title">
                <b>{title}</b>
                <PlanCost plan={id} />
              </span>
              <span className="note">{note}</span>
            </span>
          </label>
        ))}
      </div>
      <EstimateLine />
    </Section>
  );
}

function useEstimate(plan?: PlanId): Estimate | null {
  return useStudio((state) => {
    const key = estimateKey(state, recipeOf(state, plan));
    return key === null ? null : (state.training.estimates[key] ?? null);
  });
}

function PlanCost({ plan }: { readonly plan: PlanId }) {
  const estimate = useEstimate(plan);
  const steps = useStudio((state) => recipeOf(state, plan).training.steps);
  if (estimate?.phase !== 'known') return null;
  const { secondsPerStep, bytes } = estimate.result;
  return (
    <span className="dim">
      {formatDuration(secondsPerStep * steps)} · {formatBytes(bytes)}
    </span>
  );
}

/** In words for the plan that is chosen. */
function EstimateLine() {
  const estimate = useEstimate();
  const possible = useStudio((state) => estimateKey(state, recipeOf(state)) !== null);
  const steps = useStudio((state) => state.training.draft.recipe.training.steps);
  return (
    <p className="estimate" role="status" aria-label="Expected time and memory">
      {estimate === null &&
        (possible ? 'Measuring …' : 'Time and memory are measured once a good scan is chosen.')}
      {estimate?.phase === 'measuring' && 'Measuring a few steps on this device …'}
      {estimate?.phase === 'failed' && `Could not be measured: ${estimate.error.message}`}
      {estimate?.phase === 'known' && (
        <>
          About <b>{formatDuration(estimate.result.secondsPerStep * steps)}</b> for {formatCount(steps)} steps
          and <b>{formatBytes(estimate.result.bytes)}</b> of memory on this device
        </>
      )}
    </p>
  );
}

function StartSection() {
  const id = useId();
  const why = useStudio(obstacle);
  const shown = useStudio(nameOf);
  const name = useStudio((state) => state.training.draft.name);
  const onBattery = useStudio((state) => state.training.onBattery);
  const { setTrainingName, startTraining, showPseudoDefect } = useCommands();
  const ready = useStudio((state) => state.engine.phase === 'ready');
  const readable = useStudio((state) => scansOf(state, 'train').some(({ cloud }) => cloud !== null));
  return (
    <>
      <Section title="Name of the model">
        <div className="field">
          <label className="visually-hidden" htmlFor={id}>
            Name of the model
          </label>
          <input
            id={id}
            className="text-box"
            type="text"
            autoComplete="off"
            maxLength={80}
            placeholder={shown}
            value={name}
            onChange={(event) => setTrainingName(event.currentTarget.value)}
          />
        </div>
        {onBattery && (
          <p className="caution">
            <Icon name="alert" />
            <span>This computer runs on its battery: training empties it quickly.</span>
          </p>
        )}
      </Section>
      <div className="start-bar">
        <div className="start-row">
          <button
            type="button"
            className="button"
            disabled={!ready || !readable}
            title="Show a sample as the network sees it, and what it shall predict"
            onClick={() => void showPseudoDefect()}
          >
            <Icon name="dice" />
            Pseudo-defect
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={why !== null}
            aria-describedby={`${id}-why`}
            onClick={startTraining}
          >
            <Icon name="play" />
            Start training
          </button>
        </div>
        <p className="note" id={`${id}-why`}>
          {why ?? 'Everything stays on this computer. The run survives a reload and a closed lid.'}
        </p>
      </div>
    </>
  );
}
