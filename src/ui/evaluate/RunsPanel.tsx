/** The runs and comparisons of this browser: shown, named, deleted, saved as files. */

import { useState } from 'react';
import { shownAblation } from '../../studio/ablationState.ts';
import { EVALUATION_FORMATS, exportRuns } from '../../studio/evaluationExport.ts';
import { shownRun } from '../../studio/evaluationState.ts';
import { saveFile } from '../../studio/saveFile.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { Section } from '../parts/Section.tsx';
import { StorageLine } from '../parts/StorageLine.tsx';
import { TitleBox } from '../parts/TitleBox.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { FORMAT_NAMES, MIME } from './formats.ts';

export function RunsPanel() {
  const runs = useStudio((state) => state.evaluation.runs);
  const ablations = useStudio((state) => state.evaluation.ablations);
  const unreadable = useStudio((state) => state.evaluation.unreadable);
  const { dropRun, dropAblation, dropUnreadable } = useCommands();
  if (runs.length + ablations.length + unreadable.length === 0) return null;
  const measured = runs.filter(({ reports }) => reports.length > 0);
  return (
    <Section title="Runs">
      <ul className="scan-list" aria-label="Runs">
        {runs.map(({ id, scorerTitle, dataset, created }) => (
          <RunRow
            key={id}
            id={id}
            title={scorerTitle}
            tag={dataset}
            created={created}
            onDelete={() => dropRun(id)}
          />
        ))}
        {ablations.map(({ id, title, dataset, created }) => (
          <RunRow
            key={id}
            id={id}
            title={title}
            tag={dataset}
            created={created}
            onDelete={() => dropAblation(id)}
          />
        ))}
        {unreadable.map(({ id, why }) => (
          <li key={id}>
            <span className="scan-name dim" title={id}>
              <span className="ellipsis">An evaluation {why}</span>
            </span>
            <IconButton
              icon="delete"
              label={`Delete the evaluation ${id}`}
              onClick={() => dropUnreadable(id)}
            />
          </li>
        ))}
      </ul>
      <div className="row row-wrap">
        <span className="dim">Save all as</span>
        {EVALUATION_FORMATS.map((format) => (
          <button
            key={format}
            type="button"
            className="button button-small"
            disabled={measured.length === 0}
            onClick={() => saveFile(`evaluation.${format}`, exportRuns(measured, format), MIME[format])}
          >
            {FORMAT_NAMES[format]}
          </button>
        ))}
      </div>
      <StorageLine />
    </Section>
  );
}

const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

interface RowProps {
  readonly id: string;
  readonly title: string;
  /** The dataset. */
  readonly tag: string;
  readonly created: number;
  readonly onDelete: () => void;
}

function RunRow({ id, title, tag, created, onDelete }: RowProps) {
  const shown = useStudio(({ evaluation }) => (shownAblation(evaluation) ?? shownRun(evaluation))?.id === id);
  const [renaming, setRenaming] = useState(false);
  const [asking, setAsking] = useState(false);
  const { showRun, renameEvaluation } = useCommands();
  if (asking)
    return (
      <li>
        <div className="confirm" role="alertdialog" aria-label={`Delete ${title}?`}>
          <p>Delete “{title}” from this browser?</p>
          <div className="start-row">
            <button type="button" className="button button-small" onClick={() => setAsking(false)}>
              Keep
            </button>
            <button type="button" className="button button-small button-bad" onClick={onDelete}>
              Delete
            </button>
          </div>
        </div>
      </li>
    );
  if (renaming)
    return (
      <li>
        <TitleBox
          label="Name of the run"
          title={title}
          onDone={(wanted) => {
            setRenaming(false);
            if (wanted !== null) renameEvaluation(id, wanted);
          }}
        />
      </li>
    );
  return (
    <li className={shown ? 'current' : ''}>
      <button
        type="button"
        className="scan-name"
        aria-current={shown ? 'true' : undefined}
        title={`${title} on ${tag}, ${DATE.format(created)}`}
        onClick={() => showRun(id)}
      >
        <span className="ellipsis">{title}</span>
        <span className="tag ellipsis">{tag}</span>
      </button>
      <IconButton icon="rename" label={`Rename ${title}`} onClick={() => setRenaming(true)} />
      <IconButton icon="delete" label={`Delete ${title}`} onClick={() => setAsking(true)} />
    </li>
  );
}
