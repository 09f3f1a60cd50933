/** How it is shared: where the data goes, how long it lives, who may open it; and the button. */

import { useId, useState } from 'react';
import type { LinkLength, SharePlan, ShareWay, TtlDays } from '../../studio/shareState.ts';
import { formatBytes, formatCount } from '../../studio/units.ts';
import { Icon } from '../parts/Icon.tsx';
import { Section } from '../parts/Section.tsx';
import { useCommands, useStudio } from '../useStudio.ts';
import { useViewer } from '../useViewer.ts';

const WAYS: readonly { readonly id: ShareWay; readonly label: string; readonly note: string }[] = [
  {
    id: 'stored',
    label: 'Private link',
    note: 'Encrypted here; the server keeps what it cannot read. The key is in the link alone.',
  },
  {
    id: 'link',
    label: 'All in the link',
    note: 'Small and coarse: the data is the link itself, and no server keeps anything.',
  },
  { id: 'file', label: 'Offline file', note: 'One .html with viewer and data, opened from disk.' },
];

export function WayPanel() {
  const { way } = useStudio((state) => state.share.options);
  return (
    <Section title="How">
      <Ways />
      {way === 'stored' && <Lifetime />}
      {way === 'link' && <Length />}
      <Password />
    </Section>
  );
}

function Ways() {
  const { way } = useStudio((state) => state.share.options);
  const server = useStudio((state) => state.share.server);
  const { setShareOptions } = useCommands();
  return (
    <fieldset className="share-ways">
      <legend className="visually-hidden">Where the data goes</legend>
      {WAYS.map(({ id, label, note }) => {
        const missing = id === 'stored' && server === null;
        return (
          <label key={id} className={id === way ? 'chosen' : undefined}>
            <input
              type="radio"
              name="share-way"
              checked={id === way}
              disabled={missing}
              onChange={() => setShareOptions({ way: id })}
            />
            <span>{label}</span>
            <span className="note">
              {missing ? 'Not here: this page is hosted without the server that keeps shares.' : note}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

const LIFETIMES: readonly { readonly days: TtlDays; readonly label: string }[] = [
  { days: 1, label: '1 day' },
  { days: 7, label: '7 days' },
  { days: 30, label: '30 days' },
];

function Lifetime() {
  const id = useId();
  const { ttl } = useStudio((state) => state.share.options);
  const { setShareOptions } = useCommands();
  return (
    <div className="field field-row">
      <label htmlFor={id}>Deleted after</label>
      <select
        id={id}
        value={ttl}
        onChange={(event) => {
          const chosen = LIFETIMES.find(({ days }) => String(days) === event.currentTarget.value);
          if (chosen !== undefined) setShareOptions({ ttl: chosen.days });
        }}
      >
        {LIFETIMES.map(({ days, label }) => (
          <option key={days} value={days}>
            {label}
          </option>
        ))}
      </select>
    </div>
  );
}

const LENGTHS: readonly { readonly id: LinkLength; readonly label: string; readonly note: string }[] = [
  {
    id: 'webmail',
    label: 'Up to 12,000 characters',
    note: 'Passes in webmail and Teams. Classic Outlook, Slack, Telegram and Discord cut it.',
  },
  {
    id: 'everywhere',
    label: 'Up to 2,000 characters',
    note: 'Passes nearly everywhere and fits a QR code, as a rough sketch of the part.',
  },
];

function Length() {
  const id = useId();
  const { linkLength } = useStudio((state) => state.share.options);
  const { setShareOptions } = useCommands();
  return (
    <div className="field">
      <label htmlFor={id}>Length of the link</label>
      <select
        id={id}
        value={linkLength}
        onChange={(event) => {
          const chosen = LENGTHS.find((length) => length.id === event.currentTarget.value);
          if (chosen !== undefined) setShareOptions({ linkLength: chosen.id });
        }}
      >
        {LENGTHS.map((length) => (
          <option key={length.id} value={length.id}>
            {length.label}
          </option>
        ))}
      </select>
      <p className="note">{LENGTHS.find((length) => length.id === linkLength)?.note}</p>
    </div>
  );
}

function Password() {
  const id = useId();
  const [shown, setShown] = useState(false);
  const { password } = useStudio((state) => state.share.options);
  const { setShareOptions } = useCommands();
  return (
    <div className="field">
      <label htmlFor={id}>Password (optional)</label>
      <div className="share-password">
        <input
          id={id}
          className="text-input"
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setShareOptions({ password: event.currentTarget.value })}
        />
        <button type="button" className="button" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? 'Hide' : 'Show'}
        </button>
      </div>
      {password !== '' && (
        <p className="note">Tell it another way than the link. Nobody can recover it, not even the server.</p>
      )}
    </div>
  );
}

/** Stays in sight: how big it is, and the button. */
export function ShareAction() {
  return (
    <div className="share-action">
      <SizeMeter />
      <ShareButton />
    </div>
  );
}

function sizeText(plan: SharePlan): string {
  switch (plan.kind) {
    case 'nothing':
      return '–';
    case 'measuring':
      return 'measuring …';
    case 'failed':
      return plan.message;
    case 'ready':
      return `${formatBytes(plan.bytes)} of ${formatBytes(plan.limit)}`;
    default:
      return plan satisfies never;
  }
}

function SizeMeter() {
  const id = useId();
  const plan = useStudio((state) => state.share.plan);
  const share = plan.kind === 'ready' ? Math.min(1, plan.bytes / plan.limit) : 0;
  const thinned = plan.kind === 'ready' && plan.points < plan.sourcePoints;
  return (
    <div className="field">
      <p id={id} className="share-size">
        <span>Size</span>
        <output aria-label="Size of the share">{sizeText(plan)}</output>
      </p>
      <meter aria-labelledby={id} min={0} max={1} value={share} />
      {thinned && (
        <p className="note caution">
          <Icon name="alert" />
          <span>
            Too large for this way: {formatCount(plan.points)} of {formatCount(plan.sourcePoints)} points are
            shared. Those above the threshold are kept first, the others evenly.
          </span>
        </p>
      )}
    </div>
  );
}

function ShareButton() {
  const viewer = useViewer();
  const { makeShare, cancelShare } = useCommands();
  const { busy, plan, problem, options } = useStudio((state) => state.share);
  const label = options.way === 'file' ? 'Save the file' : 'Make the link';
  return (
    <>
      {busy === null ? (
        <button
          type="button"
          className="button button-primary share-button"
          disabled={plan.kind === 'nothing' || plan.kind === 'failed'}
          onClick={() => void makeShare(viewer.current?.pose() ?? null)}
        >
          <Icon name={options.way === 'file' ? 'export' : 'share'} />
          {label}
        </button>
      ) : (
        <button type="button" className="button share-button" onClick={cancelShare}>
          <Icon name="stop" />
          {busy} … stop
        </button>
      )}
      {problem !== null && (
        <p className="note caution" role="alert">
          <Icon name="alert" />
          <span>{problem}</span>
        </p>
      )}
    </>
  );
}
