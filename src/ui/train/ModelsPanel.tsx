/** The models that this browser keeps. */

import { useState } from 'react';
import { MODEL_FILES } from '../../studio/formats.ts';
import { networkInForce } from '../../studio/referenceState.ts';
import type { ModelRecord } from '../../studio/trainingState.ts';
import { formatBytes, formatCount, formatModelLength } from '../../studio/units.ts';
import { type Fact, Facts } from '../parts/Facts.tsx';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { Section } from '../parts/Section.tsx';
import { StorageLine } from '../parts/StorageLine.tsx';
import { TitleBox } from '../parts/TitleBox.tsx';
import { chooseFiles } from '../shell/chooseFiles.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { ReferencesPanel } from './ReferencesPanel.tsx';

export function ModelsPanel() {
  const models = useStudio((state) => state.training.models);
  const { importModels } = useCommands();
  return (
    <>
      <Section
        title="Models in this browser"
        action={
          <button
            type="button"
            className="button button-small"
            title="Model files (safetensors) and PyTorch checkpoints of the original (.pth)"
            onClick={() => chooseFiles(importModels, MODEL_FILES)}
          >
            <Icon name="import" />
            Import
          </button>
        }
      >
        {models.length === 0 && (
          <p className="note">None yet. Train one, or import a model file or a checkpoint of the original.</p>
        )}
        <StorageLine />
      </Section>
      <ul>
        {models.map((model) => (
          <li key={model.id}>
            <ModelCard model={model} />
          </li>
        ))}
      </ul>
      <ReferencesPanel />
    </>
  );
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function ModelCard({ model }: { readonly model: ModelRecord }) {
  const [renaming, setRenaming] = useState(false);
  const [asking, setAsking] = useState(false);
  const { chooseModel, judgeWithOwn, setMode, exportModel, renameModel, deleteModel } = useCommands();
  const compares = model.summary.config.inputs === 'reference';
  const inUse = useStudio((state) =>
    compares
      ? networkInForce(state)?.id === model.id
      : state.model.phase === 'ready' && state.model.summary.hash === model.id,
  );
  return (
    <article className="section model-card" aria-label={`Model ${model.title}`}>
      <header>
        <div className="thumb">{model.thumbnail !== null && <img src={model.thumbnail} alt="" />}</div>
        {renaming ? (
          <TitleBox
            label="Name of the model"
            title={model.title}
            onDone={(title) => {
              setRenaming(false);
              if (title !== null) void renameModel(model.id, title);
            }}
          />
        ) : (
          <div className="model-title">
            <h3>{model.title}</h3>
            <span className="dim">
              {formatBytes(model.bytes)} · {formatCount(model.summary.parameters)} parameters
              {inUse && ' · in use'}
            </span>
          </div>
        )}
      </header>
      <Facts facts={factsOf(model)} />
      {asking ? (
        <div className="confirm" role="alertdialog" aria-label={`Delete ${model.title}?`}>
          <p>Delete “{model.title}” from this browser? This cannot be undone.</p>
          <div className="start-row">
            <button type="button" className="button" onClick={() => setAsking(false)}>
              Keep
            </button>
            <button type="button" className="button button-bad" onClick={() => void deleteModel(model.id)}>
              Delete
            </button>
          </div>
        </div>
      ) : (
        <div className="model-actions">
          <button
            type="button"
            className="button button-small"
            onClick={() => {
              if (compares) void judgeWithOwn(model.id);
              else void chooseModel(model.id);
              setMode('inspect');
            }}
          >
            <Icon name="inspect" />
            Inspect with it
          </button>
          <IconButton
            icon="export"
            label={`Export ${model.title}`}
            onClick={() => void exportModel(model.id)}
          />
          <IconButton icon="rename" label={`Rename ${model.title}`} onClick={() => setRenaming(true)} />
          <IconButton icon="delete" label={`Delete ${model.title}`} onClick={() => setAsking(true)} />
        </div>
      )}
    </article>
  );
}

function factsOf({ summary, metrics, created, id }: ModelRecord): Fact[] {
  const { config, calibration, provenance } = summary;
  const { scans, steps, seed, plan, parent, importedFrom, radius, unit } = provenance;
  const facts: (Fact | null)[] = [
    created > 0 ? ['Made', DATE.format(created)] : null,
    scans === undefined ? null : ['Scans', scans],
    steps === undefined ? null : ['Steps', `${steps}, seed ${seed}${plan === undefined ? '' : `, ${plan}`}`],
    importedFrom === undefined ? null : ['Imported from', importedFrom],
    parent === undefined
      ? null
      : ['Fine-tuned from', <code key="parent">{String(parent).slice(0, 12)}</code>],
    ['Network', `${config.arch.layers.join(', ')} blocks, voxel ${formatModelLength(config.voxelSize, 2)}`],
    typeof radius === 'number' ? ['1 R is', `${radius.toPrecision(4)} ${unit ?? 'file units'}`] : null,
    [
      'Thresholds',
      calibration === null
        ? config.inputs === 'reference'
          ? 'taken from the good scans it is compared with'
          : 'none: it scores, but gives no verdict'
        : `point ${formatModelLength(calibration.pointThreshold)}: ${calibration.how}`,
    ],
    metrics === null
      ? null
      : [
          'Pseudo-defects',
          `AUROC points ${metrics.pointAuroc?.toFixed(3) ?? '–'}, objects ${metrics.objectAuroc?.toFixed(3) ?? '–'}`,
        ],
    ['Hash', <code key="hash">{id.slice(0, 12)}</code>],
  ];
  return facts.filter((fact) => fact !== null);
}
