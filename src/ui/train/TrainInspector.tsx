/** The right side in Train mode: set a run up, follow the runs, keep the models. */

import type { TrainingTab } from '../../studio/trainingState.ts';
import { isOpen } from '../../studio/trainingState.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { ModelsPanel } from './ModelsPanel.tsx';
import { RunsPanel } from './RunsPanel.tsx';
import { SetupPanel } from './SetupPanel.tsx';

const TABS: readonly { readonly id: TrainingTab; readonly label: string }[] = [
  { id: 'setup', label: 'New run' },
  { id: 'runs', label: 'Runs' },
  { id: 'models', label: 'Models' },
];

export function TrainInspector() {
  const tab = useStudio((state) => state.training.tab);
  const open = useStudio((state) => state.training.runs.filter(isOpen).length);
  const models = useStudio((state) => state.training.models.length);
  const { setTrainingTab } = useCommands();
  const counts = { setup: 0, runs: open, models };
  return (
    <>
      <div className="tabs" role="tablist" aria-label="Train">
        {TABS.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`train-tab-${id}`}
            aria-selected={id === tab}
            aria-controls="train-panel"
            tabIndex={id === tab ? 0 : -1}
            onClick={() => setTrainingTab(id)}
            onKeyDown={(event) => {
              const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
              if (step === undefined) return;
              event.preventDefault();
              const at = TABS.findIndex((known) => known.id === id) + step;
              const next = TABS[(at + TABS.length) % TABS.length]!;
              setTrainingTab(next.id);
              document.getElementById(`train-tab-${next.id}`)?.focus();
            }}
          >
            {label}
            {counts[id] > 0 && <span className="count">{counts[id]}</span>}
          </button>
        ))}
      </div>
      <div id="train-panel" role="tabpanel" aria-labelledby={`train-tab-${tab}`}>
        {tab === 'setup' && <SetupPanel />}
        {tab === 'runs' && <RunsPanel />}
        {tab === 'models' && <ModelsPanel />}
      </div>
    </>
  );
}
