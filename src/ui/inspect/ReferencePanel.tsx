/** What the scan is judged by: good scans to compare with and how, or a model. */

import { useId } from 'react';
import {
  DETECTORS,
  detectorInForce,
  fitKey,
  type GoodScan,
  goodSetOf,
  judgeOf,
  needsNetwork,
  networkInForce,
  ownNetworks,
  type ReferenceMember,
} from '../../studio/referenceState.ts';
import { activeScan, type StudioState } from '../../studio/state.ts';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { chooseFiles } from '../shell/chooseFiles.ts';
import { useActiveScan } from '../useHeatmap.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { FoldSection } from './FoldSection.tsx';

export function ReferencePanel() {
  const { addGoodFiles, useAsGood: takeAsGood } = useCommands();
  const scan = useActiveScan();
  const bundled = useStudio(usesBundled);
  const own = useStudio((state) => state.reference.own);
  const count = useStudio(goodCount);
  return (
    <FoldSection title="Judged by">
      <JudgeRadios />
      {count === 0 ? (
        <p className="note">
          No good scan yet. One is enough: the scan is laid on it, and what differs is shown. No training.
        </p>
      ) : (
        <GoodList bundled={bundled} />
      )}
      <div className="row row-wrap">
        <button type="button" className="button button-small" onClick={() => chooseFiles(addGoodFiles)}>
          <Icon name="open" />
          Add good scans
        </button>
        {scan !== null && !bundled && !own.some(({ name }) => name === scan.name) && (
          <button type="button" className="button button-small" onClick={() => takeAsGood(scan.id)}>
            This one is good
          </button>
        )}
      </div>
    </FoldSection>
  );
}

function goodCount(state: StudioState): number {
  const scan = activeScan(state);
  return scan === null ? state.reference.own.length : (goodSetOf(state, scan)?.good.length ?? 0);
}

/** The good scans came with the page: they belong to the sample that is shown. */
function usesBundled(state: StudioState): boolean {
  const scan = activeScan(state);
  return scan !== null && (goodSetOf(state, scan)?.key.startsWith('sample:') ?? false);
}

function JudgeRadios() {
  const name = useId();
  const choice = useStudio((state) => state.reference.choice);
  const models = useStudio((state) => state.models?.entries);
  const model = useStudio((state) => (state.model.phase === 'ready' ? state.model.entry : null));
  const none = useStudio((state) => goodCount(state) === 0);
  const { chooseJudge } = useCommands();
  const own = useStudio((state) => ownNetworks(state).length > 0);
  const network = own || (models?.some(({ inputs }) => inputs === 'reference') ?? false);
  const inForce = useStudio((state) =>
    choice.kind === 'good' ? detectorInForce(state, choice.detector) : null,
  );
  const current = DETECTORS.find((known) => known.name === inForce);
  const byModel = choice.kind === 'model' || none;
  return (
    <>
      <fieldset className="checks">
        <legend className="visually-hidden">Judged by</legend>
        {DETECTORS.map((known) => (
          <label key={known.name}>
            <input
              type="radio"
              name={name}
              checked={!byModel && current === known}
              disabled={none || (needsNetwork(known.name) && !network)}
              onChange={() => chooseJudge({ kind: 'good', detector: known.name })}
            />
            <span>{known.title}</span>
          </label>
        ))}
        <label>
          <input
            type="radio"
            name={name}
            checked={byModel}
            disabled={model === null}
            onChange={() => chooseJudge({ kind: 'model' })}
          />
          <span className="ellipsis">{model === null ? 'No model is loaded' : `Model: ${model.title}`}</span>
        </label>
      </fieldset>
      {!byModel && inForce !== null && needsNetwork(inForce) && <NetworkChoice />}
      <p className="note">
        {byModel || current === undefined
          ? 'A model knows one part by heart and judges a scan without others.'
          : current.summary}
      </p>
    </>
  );
}

/** Networks that were fine-tuned here, beside the one that comes with the page. */
function NetworkChoice() {
  const id = useId();
  const models = useStudio((state) => state.training.models);
  const own = ownNetworks({ training: { models } });
  const chosen = useStudio((state) => networkInForce(state)?.id ?? '');
  const bundled = useStudio((state) => state.models?.entries.find(({ inputs }) => inputs === 'reference'));
  const { chooseNetwork } = useCommands();
  if (own.length === 0) return null;
  return (
    <div className="field">
      <label htmlFor={id}>Network</label>
      <select
        id={id}
        value={chosen}
        onChange={({ currentTarget: { value } }) => chooseNetwork(value === '' ? null : value)}
      >
        {bundled !== undefined && <option value="">{bundled.title}</option>}
        {own.map((model) => (
          <option key={model.id} value={model.id}>
            {model.title}
          </option>
        ))}
      </select>
    </div>
  );
}

function GoodList({ bundled }: { readonly bundled: boolean }) {
  const own = useStudio((state) => state.reference.own);
  const scan = useActiveScan();
  const members = useStudio((state) => {
    const shown = activeScan(state);
    const judge = shown === null ? null : judgeOf(state, shown);
    if (judge?.kind !== 'good') return null;
    const fit = state.reference.fits.get(fitKey(judge.set, judge.detector));
    return fit?.kind === 'ready' ? fit.summary.members : null;
  });
  if (bundled) {
    const part = scan?.origin.kind === 'sample' ? scan.origin.sample.part : 'part';
    return (
      <p className="note">{`Compared with the ${members?.length ?? ''} good scans of the ${part} that come with the page.`}</p>
    );
  }
  return (
    <ul className="good-list" aria-label="Good scans">
      {own.map((good, at) => (
        <GoodRow key={good.id} good={good} member={members?.[at] ?? null} />
      ))}
    </ul>
  );
}

function GoodRow({ good, member }: { readonly good: GoodScan; readonly member: ReferenceMember | null }) {
  const { removeGood } = useCommands();
  return (
    <li>
      <span className="ellipsis" title={member?.words}>
        {good.name}
      </span>
      {member !== null && (
        <span className={`tag ${member.used ? 'tag-ok' : 'tag-not-ok'}`} title={member.words}>
          {member.used ? 'used' : 'left out'}
        </span>
      )}
      <IconButton
        icon="close"
        label={`Remove the good scan ${good.name}`}
        onClick={() => removeGood(good.id)}
      />
      {member !== null && !member.used && <p className="note">{member.words}</p>}
    </li>
  );
}
