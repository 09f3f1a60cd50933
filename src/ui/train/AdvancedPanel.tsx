/** Every number of the method, with a few words each; a value that cannot be is refused where it stands. */

import { useId, useState } from 'react';
import { type FieldValue, RECIPE_FIELDS, type RecipeField } from '../../studio/trainingPlans.ts';
import { startOf } from '../../studio/trainingSetup.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

const GROUPS = [...new Set(RECIPE_FIELDS.map(({ group }) => group))];

export function AdvancedPanel() {
  const { resetRecipe } = useCommands();
  const from = useStudio((state) => startOf(state));
  return (
    <details className="advanced section">
      <summary>
        <h2>Advanced</h2>
      </summary>
      <div className="advanced-head">
        <p className="note">R is the radius of the part. Changed values are those of the plan no longer.</p>
        <IconButton icon="reset" label="The plan’s own values" onClick={resetRecipe} />
      </div>
      {GROUPS.map((group) => (
        <fieldset key={group}>
          <legend>{group}</legend>
          {RECIPE_FIELDS.filter((field) => field.group === group)
            // A model that is fine-tuned brings its network along.
            .filter(({ id }) => from === 'scratch' || !['arch', 'voxelSize', 'zeroHead'].includes(id))
            // One that compares with good scans takes its thresholds where it judges.
            .filter(({ id }) => from !== 'reference' || id !== 'thresholdRule')
            .map((field) => (
              <Field key={field.id} field={field} />
            ))}
        </fieldset>
      ))}
    </details>
  );
}

function Field({ field }: { readonly field: RecipeField }) {
  const id = useId();
  const value = useStudio((state) => field.get(state.training.draft.recipe));
  const [problem, setProblem] = useState<string | null>(null);
  const { setRecipeField } = useCommands();
  const commit = (next: FieldValue) => setProblem(setRecipeField(field.id, next));
  const describedBy = problem === null ? `${id}-hint` : `${id}-hint ${id}-problem`;
  return (
    <div className="recipe-field">
      <label htmlFor={id}>{field.label}</label>
      <Control id={id} field={field} value={value} describedBy={describedBy} onCommit={commit} />
      <p className="note" id={`${id}-hint`}>
        {field.hint}
      </p>
      {problem !== null && (
        <p className="problem" id={`${id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: RecipeField;
  readonly value: FieldValue;
  readonly describedBy: string;
  readonly onCommit: (value: FieldValue) => void;
}

function Control({ id, field, value, describedBy, onCommit }: ControlProps) {
  const { kind } = field;
  if (kind.kind === 'switch')
    return (
      <input
        id={id}
        type="checkbox"
        aria-describedby={describedBy}
        checked={value === true}
        onChange={(event) => onCommit(event.currentTarget.checked)}
      />
    );
  if (kind.kind === 'choice')
    return (
      <select
        id={id}
        aria-describedby={describedBy}
        value={String(value ?? '')}
        onChange={(event) => onCommit(event.currentTarget.value)}
      >
        {kind.options.map(([option, label]) => (
          <option key={option} value={option}>
            {label}
          </option>
        ))}
      </select>
    );
  const empty = kind.kind === 'number' ? kind.empty : null;
  return <NumberBox id={id} value={value} empty={empty} describedBy={describedBy} onCommit={onCommit} />;
}

/** Taken over on Enter or when the field is left, thrown away on Escape. */
function NumberBox({
  id,
  value,
  empty,
  describedBy,
  onCommit,
}: Omit<ControlProps, 'field'> & { readonly empty: string | null }) {
  const [draft, setDraft] = useState<string | null>(null);
  const shown = value === null ? '' : String(value);
  const commit = () => {
    if (draft !== null && draft.trim() !== shown) {
      const text = draft.trim().replaceAll(' ', '').replace(',', '.');
      onCommit(text === '' && empty !== null ? null : text === '' ? Number.NaN : Number(text));
    }
    setDraft(null);
  };
  return (
    <input
      id={id}
      className="text-box"
      type="text"
      inputMode="decimal"
      autoComplete="off"
      aria-describedby={describedBy}
      placeholder={empty ?? ''}
      value={draft ?? shown}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setDraft(null);
      }}
    />
  );
}
