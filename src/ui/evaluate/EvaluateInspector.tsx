/** The right side in Evaluate mode: dataset, what gives the scores, the runs and their export. */

import { useId } from 'react';
import { ablationUnderWay } from '../../studio/ablationState.ts';
import { runUnderWay } from '../../studio/evaluationState.ts';
import { DETECTORS, detectorInForce, needsNetwork } from '../../studio/referenceState.ts';
import { modelSummary } from '../../studio/state.ts';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { AblationPanel } from './AblationPanel.tsx';
import { chooseFolder } from './chooseFolder.ts';
import { RunsPanel } from './RunsPanel.tsx';

export function EvaluateInspector() {
  return (
    <>
      <DatasetPanel />
      <ScorerPanel />
      <StartPanel />
      <AblationPanel />
      <RunsPanel />
    </>
  );
}

function DatasetPanel() {
  const dataset = useStudio((state) => state.evaluation.dataset);
  const chosen = useStudio((state) => state.evaluation.chosen);
  const { openDataset, toggleCategory } = useCommands();
  return (
    <Section title="Dataset">
      <div className="row">
        <button type="button" className="button" onClick={() => chooseFolder(openDataset)}>
          <Icon name="open" />
          {dataset === null ? 'Choose a folder' : 'Another folder'}
        </button>
      </div>
      {dataset === null ? (
        <p className="note">Or drop it anywhere on the page. Nothing leaves this computer.</p>
      ) : (
        <fieldset className="checks">
          <legend>
            {dataset.name}{' '}
            <span className="dim">
              {dataset.categories.length === 1 ? 'one category' : `${dataset.categories.length} categories`}
            </span>
          </legend>
          {dataset.categories.map(({ name, train, test }) => (
            <label key={name}>
              <input type="checkbox" checked={chosen.has(name)} onChange={() => toggleCategory(name)} />
              <span className="ellipsis">{name}</span>
              <span className="dim">
                {test.length} to test, {train.length} good
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </Section>
  );
}

function ScorerPanel() {
  const name = useId();
  const scorer = useStudio((state) => state.evaluation.scorer);
  const model = useStudio((state) => (state.model.phase === 'ready' ? state.model : null));
  const network = useStudio((state) => detectorInForce(state, 'universal') === 'universal');
  const comparable = useStudio(
    ({ evaluation: { dataset } }) =>
      dataset === null || dataset.categories.some(({ train }) => train.length > 0),
  );
  const { chooseScorer } = useCommands();
  const detector =
    scorer.kind === 'detector' ? DETECTORS.find((known) => known.name === scorer.name) : undefined;
  return (
    <Section title="Scores come from">
      <fieldset className="checks">
        <legend className="visually-hidden">Scores come from</legend>
        {DETECTORS.map((known) => (
          <label key={known.name}>
            <input
              type="radio"
              name={name}
              checked={detector === known}
              disabled={!comparable || (needsNetwork(known.name) && !network)}
              onChange={() => chooseScorer({ kind: 'detector', name: known.name })}
            />
            <span>{known.title}</span>
            <span className="dim">no training</span>
          </label>
        ))}
        <label>
          <input
            type="radio"
            name={name}
            checked={scorer.kind === 'model'}
            disabled={model === null}
            onChange={() => chooseScorer({ kind: 'model' })}
          />
          <span className="ellipsis">{model === null ? 'No model is loaded' : model.entry.title}</span>
          <span className="dim">model</span>
        </label>
      </fieldset>
      <p className="note">
        {detector !== undefined
          ? `${detector.summary} Compared with each category’s own good scans (train).`
          : `The model chosen in Inspect. It knows one part: on other categories its figures mean little.${comparable ? '' : ' This folder has no good scans (train) to compare with.'}`}
      </p>
    </Section>
  );
}

function StartPanel() {
  const { startEvaluation, cancelEvaluation } = useCommands();
  const running = useStudio((state) => runUnderWay(state.evaluation) !== null);
  const why = useStudio((state) => {
    const { dataset, chosen, scorer } = state.evaluation;
    if (dataset === null) return 'Choose a dataset first.';
    if (chosen.size === 0) return 'Choose at least one category.';
    if (state.engine.phase !== 'ready') return 'The engine is not ready.';
    if (ablationUnderWay(state.evaluation) !== null) return 'A comparison is under way.';
    if (scorer.kind === 'model' && modelSummary(state) === null) return 'No model is loaded.';
    return '';
  });
  return (
    <div className="section">
      {running ? (
        <button type="button" className="button button-wide" onClick={cancelEvaluation}>
          <Icon name="stop" />
          Cancel
        </button>
      ) : (
        <button
          type="button"
          className="button button-primary button-wide"
          disabled={why !== ''}
          onClick={() => void startEvaluation()}
        >
          Evaluate
        </button>
      )}
      {why !== '' && <p className="note">{why}</p>}
    </div>
  );
}
