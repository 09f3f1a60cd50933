/** What the link leads to: waiting, a password, a problem in plain words, or the heatmap. */

import { useEffect, useId, useState } from 'react';
import type { ShareClient } from '../share/client.ts';
import type { ShareError } from '../share/problem.ts';
import { Icon } from '../ui/parts/Icon.tsx';
import { onAddressChange, type ViewAddress } from './address.ts';
import { asksForPassword, type Found, find, type Opened, open } from './openShare.ts';
import { PROBLEM_TEXTS } from './problems.ts';
import { ShareView } from './ShareView.tsx';

interface Props {
  readonly address: ViewAddress;
  readonly data: string | null;
  readonly client: ShareClient;
}

type Phase =
  | { readonly kind: 'opening'; readonly what: string }
  | { readonly kind: 'password'; readonly found: Found; readonly wrong: boolean }
  | { readonly kind: 'failed'; readonly error: ShareError }
  | { readonly kind: 'open'; readonly opened: Opened };

export function ViewPage({ address, data, client }: Props) {
  const [phase, setPhase] = useState<Phase>({ kind: 'opening', what: 'Fetching the heatmap …' });
  useEffect(() => onAddressChange(() => window.location.reload()), []);
  useEffect(() => {
    let current = true;
    const load = async () => {
      const next = await begin(address, data, client);
      if (current) setPhase(next);
    };
    void load();
    return () => {
      current = false;
    };
  }, [address, data, client]);

  const unlock = async (found: Found, password: string) => {
    setPhase({ kind: 'opening', what: 'Checking the password …' });
    setPhase(await finish(found, password));
  };
  switch (phase.kind) {
    case 'opening':
      return <Opening what={phase.what} />;
    case 'password':
      return <Password wrong={phase.wrong} onPassword={(password) => void unlock(phase.found, password)} />;
    case 'failed':
      return <Problem error={phase.error} />;
    case 'open':
      return <ShareView opened={phase.opened} address={address} />;
    default:
      return phase satisfies never;
  }
}

async function begin(address: ViewAddress, data: string | null, client: ShareClient): Promise<Phase> {
  const found = await find(address, data, client);
  if (!found.ok) return { kind: 'failed', error: found.error };
  return finish(found.value, '');
}

async function finish(found: Found, password: string): Promise<Phase> {
  const opened = await open(found, password);
  if (opened.ok) return { kind: 'open', opened: opened.value };
  const { problem } = opened.error;
  if (problem === 'password-needed') return { kind: 'password', found, wrong: false };
  if (problem === 'wrong-password' && asksForPassword(found)) return { kind: 'password', found, wrong: true };
  return { kind: 'failed', error: opened.error };
}

function Opening({ what }: { readonly what: string }) {
  return (
    <main className="view-message">
      <div className="spinner" aria-hidden="true" />
      <p role="status">{what}</p>
    </main>
  );
}

function Problem({ error }: { readonly error: ShareError }) {
  const { title, next, again } = PROBLEM_TEXTS[error.problem];
  return (
    <main className="view-message">
      <Icon name="alert" />
      <div role="alert">
        <h1>{title}</h1>
        <p>{next}</p>
        <p className="note">{error.message}</p>
      </div>
      {again && (
        <button type="button" className="button button-primary" onClick={() => window.location.reload()}>
          <Icon name="retry" />
          Try again
        </button>
      )}
    </main>
  );
}

interface PasswordProps {
  readonly wrong: boolean;
  readonly onPassword: (password: string) => void;
}

function Password({ wrong, onPassword }: PasswordProps) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const { title, next } = PROBLEM_TEXTS[wrong ? 'wrong-password' : 'password-needed'];
  return (
    <main className="view-message">
      <h1>{title}</h1>
      <form
        className="view-password"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed !== '') onPassword(typed);
        }}
      >
        <p role={wrong ? 'alert' : undefined}>{next}</p>
        <label htmlFor={id}>Password</label>
        <input
          id={id}
          type="password"
          autoComplete="off"
          // biome-ignore lint/a11y/noAutofocus: it is the only thing on the page
          autoFocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <button type="submit" className="button button-primary" disabled={typed === ''}>
          Open
        </button>
      </form>
      <p className="note">It is checked in your browser and sent nowhere.</p>
    </main>
  );
}
