/** The queue of runs: how the one under way gets on, and what can be done with each. */

import { useId } from 'react';
import { isOpen, shownRun, type TrainingRun } from '../../studio/trainingState.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatSignificant,
} from '../../studio/units.ts';
import { type Fact, Facts } from '../parts/Facts.tsx';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function RunsPanel() {
  const runs = useStudio((state) => state.training.runs);
  const shown = useStudio((state) => shownRun(state.training));
  const { setTrainingTab } = useCommands();
  if (shown === null)
    return (
      <Section title="Runs">
        <p className="note">No run yet.</p>
        <button type="button" className="button" onClick={() => setTrainingTab('setup')}>
          Set up a run
        </button>
      </Section>
    );
  return (
    <>
      <RunDetails run={shown} />
      {runs.length > 1 && <RunList runs={runs} shown={shown.id} />}
    </>
  );
}

function stateOf({ status, stage }: TrainingRun): string {
  switch (status.kind) {
    case 'queued':
      return 'waits for its turn';
    case 'running':
      return stage === '' ? 'training' : stage;
    case 'paused':
      return 'paused';
    case 'waiting':
      return 'waits for the engine';
    case 'interrupted':
      return 'interrupted';
    case 'done':
      return 'done';
    case 'cancelled':
      return 'cancelled';
    case 'failed':
      return 'failed';
    default:
      return status satisfies never;
  }
}

function RunDetails({ run }: { readonly run: TrainingRun }) {
  const { setup, stepsDone, status, warnings } = run;
  const { setTrainingTab } = useCommands();
  const { steps } = setup.training;
  const busy = status.kind === 'running' && run.stage !== '';
  return (
    <Section title={setup.name}>
      <div className="run-head">
        <p className={`run-state run-${status.kind}`} role="status" aria-label="State of the run">
          {stateOf(run)}
        </p>
        <RunButtons run={run} />
      </div>
      <progress
        className="run-progress"
        aria-label="Progress of the run"
        max={steps}
        {...(busy ? {} : { value: stepsDone })}
      />
      <p className="note">
        Step <b>{formatCount(stepsDone)}</b> of {formatCount(steps)} · {formatPercent(stepsDone / steps)}
        {run.pace !== null && status.kind === 'running' && ` · ${formatDuration(run.pace.eta)} left`}
      </p>
      {status.kind === 'failed' && (
        <p className="caution">
          <Icon name="alert" />
          <span>{status.error.message}</span>
        </p>
      )}
      {warnings.map((text) => (
        <p key={text} className="caution">
          <Icon name="alert" />
          <span>{text}</span>
        </p>
      ))}
      {status.kind === 'done' && (
        <button type="button" className="button" onClick={() => setTrainingTab('models')}>
          <Icon name="check" />
          Show the model
        </button>
      )}
      {(status.kind === 'running' || status.kind === 'paused') && setup.watchEvery !== null && (
        <WatchChoice run={run} />
      )}
      <Facts facts={factsOf(run)} />
    </Section>
  );
}

/** Which scan's heatmap is shown while it learns; another one from the next step on. */
function WatchChoice({ run: { id: runId, preview } }: { readonly run: TrainingRun }) {
  const id = useId();
  const scans = useStudio((state) => state.scans);
  const { watchInRun } = useCommands();
  const chosen = scans.find(({ name }) => name === preview);
  return (
    <div className="field">
      <label htmlFor={id}>Watch the heatmap of</label>
      <select
        id={id}
        value={chosen?.id ?? ''}
        onChange={({ currentTarget: { value } }) => void watchInRun(runId, value === '' ? null : value)}
      >
        <option value="">{preview !== null && chosen === undefined ? preview : 'no scan'}</option>
        {scans.map((scan) => (
          <option key={scan.id} value={scan.id}>
            {scan.name}
          </option>
        ))}
      </select>
    </div>
  );
}

function auroc(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function factsOf({ history, validations, pace, saved, setup, scans, init }: TrainingRun): Fact[] {
  const last = history.at(-1);
  const seen = validations.at(-1);
  return [
    ...(last === undefined
      ? []
      : ([
          ['Loss', formatSignificant(last.loss, 4)],
          ['Distance', formatSignificant(last.dist, 4)],
          ['Direction', formatSignificant(last.dir, 4)],
          ['Learning rate', formatSignificant(last.lr, 3)],
          ['Gradient norm', formatSignificant(last.gradNorm, 3)],
        ] as const)),
    ...(seen === undefined
      ? []
      : ([
          [
            `AUROC at ${formatCount(seen.step)}`,
            `points ${auroc(seen.pointAuroc)} · objects ${auroc(seen.objectAuroc)}`,
          ],
        ] as const)),
    ...(pace === null
      ? []
      : ([
          ['Epoch', `${formatCount(pace.epoch)} of ${formatCount(setup.training.schedule.epochs)}`],
          ['Time per step', formatDuration(pace.secondsPerStep)],
          ['Points / s', formatCount(pace.pointsPerSecond)],
          ['Engine memory', formatBytes(pace.bytes)],
        ] as const)),
    ['Saved up to', saved === 0 ? 'not yet' : `step ${formatCount(saved)}`],
    ['Scans', scans.join(', ')],
    ...(init === null ? [] : ([['Started from', init]] as const)),
    ['Seed', String(setup.training.seed)],
  ];
}

function RunButtons({ run: { id, status, stepsDone, setup } }: { readonly run: TrainingRun }) {
  const { steerRun, cancelRun, goOnWithRun, forgetRun } = useCommands();
  const { kind } = status;
  const underWay = kind === 'running' || kind === 'paused';
  return (
    <div className="run-buttons">
      {kind === 'running' && <IconButton icon="pause" label="Pause" onClick={() => steerRun(id, 'pause')} />}
      {kind === 'paused' && <IconButton icon="play" label="Go on" onClick={() => steerRun(id, 'resume')} />}
      {underWay && (
        <IconButton
          icon="finish"
          label="Stop and keep the best"
          disabled={stepsDone === 0}
          onClick={() => steerRun(id, 'finish')}
        />
      )}
      {(kind === 'interrupted' || kind === 'failed') && (
        <IconButton icon="play" label={`Go on with ${setup.name}`} onClick={() => goOnWithRun(id)} />
      )}
      {kind === 'done' || kind === 'cancelled' ? (
        <IconButton icon="close" label="Take off the list" onClick={() => forgetRun(id)} />
      ) : (
        <IconButton icon="delete" label="Cancel and drop" onClick={() => void cancelRun(id)} />
      )}
    </div>
  );
}

function RunList({ runs, shown }: { readonly runs: readonly TrainingRun[]; readonly shown: string }) {
  const { showRun } = useCommands();
  return (
    <Section title="All runs">
      <ul className="scan-list">
        {runs.map((run) => (
          <li key={run.id} className={run.id === shown ? 'current' : ''}>
            <button
              type="button"
              className="scan-name"
              aria-current={run.id === shown ? 'true' : undefined}
              onClick={() => showRun(run.id)}
            >
              <span className="ellipsis">{run.setup.name}</span>
              <span className="tag">
                {isOpen(run) ? formatPercent(run.stepsDone / run.setup.training.steps) : stateOf(run)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}
