/** The open scans: name, verdict, score, points, and what is wrong with one that failed. */

import { type KeyboardEvent, memo, useMemo } from 'react';
import type { ErrorValue } from '../../core/errors.ts';
import { listedScans, shownScore } from '../../studio/scanList.ts';
import type { Scan } from '../../studio/state.ts';
import { formatCount, formatSignificant, MODEL_UNIT, unitSymbol } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

export function ScanList() {
  const scans = useStudio((state) => state.scans);
  const list = useStudio((state) => state.scanList);
  const shown = useStudio((state) => state.wantedId ?? state.activeId);
  const listed = useMemo(() => listedScans(scans, list), [scans, list]);
  const besideId = useStudio((state) => (state.mode === 'inspect' ? state.besideId : undefined));
  const comparing = ({ id, status, cloud }: Scan) =>
    besideId === undefined || id === shown || (status.kind === 'failed' && cloud === null)
      ? null
      : id === besideId;
  if (listed.length === 0) return <p className="note">No scan is like that.</p>;
  return (
    <ul className="scan-list scan-queue" aria-label="Open scans" onKeyDown={walk}>
      {listed.map((scan) => (
        <ScanRow key={scan.id} scan={scan} current={scan.id === shown} beside={comparing(scan)} />
      ))}
    </ul>
  );
}

/** Up, Down, Home and End go through the names. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>('.scan-name')];
  const row = event.target instanceof Element ? event.target.closest('li') : null;
  const at = names.findIndex((name) => row?.contains(name));
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: names.length - 1 }[event.key];
  if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  names[to]?.focus();
}

interface RowProps {
  readonly scan: Scan;
  readonly current: boolean;
  /** Whether it is the second of two that are compared; null where it cannot be. */
  readonly beside: boolean | null;
}

/** Drawn again only when its own scan changes: hundreds of rows stand still while the queue goes on. */
const ScanRow = memo(function ScanRow({ scan, current, beside }: RowProps) {
  const { showScan, retryScan, removeScan, compareWith } = useCommands();
  const { status } = scan;
  const again = status.kind === 'failed' || status.kind === 'cancelled';
  return (
    <li className={current ? 'current' : ''}>
      <button
        type="button"
        className="scan-name"
        aria-current={current ? 'true' : undefined}
        onClick={() => (again && scan.cloud === null ? retryScan(scan.id) : showScan(scan.id))}
      >
        <span className="ellipsis" title={scan.name}>
          {scan.name}
        </span>
        <ScanState scan={scan} />
        {status.kind === 'failed' ? (
          <span className="scan-trouble">{troubleOf(scan.name, status.error)}</span>
        ) : (
          <ScanFigures scan={scan} />
        )}
      </button>
      {beside !== null && (
        <IconButton
          icon="beside"
          label={`Compare with ${scan.name}`}
          pressed={beside}
          onClick={() => compareWith(beside ? null : scan.id)}
        />
      )}
      {again && (
        <IconButton icon="retry" label={`Try ${scan.name} again`} onClick={() => retryScan(scan.id)} />
      )}
      <IconButton icon="close" label={`Close ${scan.name}`} onClick={() => removeScan(scan.id)} />
    </li>
  );
});

/** Place and cause; the name stands above. */
function troubleOf(name: string, { where, message }: ErrorValue): string {
  const place = where.startsWith(name) ? where.slice(name.length).replace(/^[:,\s]+/, '') : where;
  return place === '' ? message : `${place}: ${message}`;
}

function ScanFigures({ scan }: { readonly scan: Scan }) {
  const score = shownScore(scan);
  const points = scan.summary?.points ?? scan.report?.points ?? null;
  const unit = scan.radius === null ? MODEL_UNIT : unitSymbol(scan.unit);
  const figures = [
    ...(score === null ? [] : [`${formatSignificant(score)}\u00a0${unit}`]),
    ...(points === null ? [] : [`${formatCount(points)} points`]),
  ];
  // Rows keep their height when the figures come.
  return <span className="scan-figures ellipsis">{figures.join(' · ') || '–'}</span>;
}

const VERDICT_WORDS = {
  ok: 'OK',
  'not-ok': 'NOT OK',
  uncalibrated: 'scored',
  'not-aligned': 'no verdict',
} as const;

const STATE_WORDS = {
  waiting: 'waiting',
  working: 'scoring …',
  shown: 'not scored',
  scored: 'scored',
  released: 'not scored',
  cancelled: 'stopped',
  failed: 'failed',
} as const;

function ScanState({ scan }: { readonly scan: Scan }) {
  const { status, summary } = scan;
  if (summary !== null && status.kind !== 'working' && status.kind !== 'failed')
    return <span className={`tag tag-${summary.verdict}`}>{VERDICT_WORDS[summary.verdict]}</span>;
  return (
    <span className={`tag ${status.kind === 'failed' ? 'tag-not-ok' : ''}`}>{STATE_WORDS[status.kind]}</span>
  );
}
