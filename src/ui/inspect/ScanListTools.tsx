/** Over the list of scans: how far the queue has come, what is listed and in which order. */

import { useId, useMemo } from 'react';
import { saveFile } from '../../studio/saveFile.ts';
import { resultsCsv } from '../../studio/scanExport.ts';
import { countQueue, type QueueCount } from '../../studio/scanList.ts';
import { SCAN_GROUPS, SCAN_ORDERS, type ScanGroup, type ScanOrder } from '../../studio/scanListState.ts';
import { formatCount } from '../../studio/units.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { useCommands, useStudio } from '../useStudio.ts';

const ORDERS: Readonly<Record<ScanOrder, string>> = {
  opened: 'as opened',
  name: 'by name',
  score: 'by score',
  verdict: 'by verdict',
  points: 'by points',
};
const GROUPS: Readonly<Record<ScanGroup, string>> = {
  'not-ok': 'NOT OK',
  ok: 'OK',
  failed: 'Failed',
  waiting: 'Waiting',
};

function useQueueCount(): QueueCount {
  const scans = useStudio((state) => state.scans);
  return useMemo(() => countQueue(scans), [scans]);
}

/** Always there for several scans, so that nothing moves when the queue ends. */
export function QueueRow() {
  const { total, pending, failed, cancelled } = useQueueCount();
  const scans = useStudio((state) => state.scans);
  const { stopQueue, goOnWithQueue } = useCommands();
  const done = total - pending - cancelled;
  const words = [
    pending > 0 ? `${formatCount(done)} of ${formatCount(total)} done` : `${formatCount(total)} scans`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
    ...(cancelled > 0 ? [`${formatCount(cancelled)} stopped`] : []),
  ].join(' · ');
  return (
    <div className="queue-row">
      <output className="note" aria-label="Queue">
        {words}
      </output>
      <progress aria-label="Scans done" max={total} value={done} />
      <span className="queue-actions">
        {pending === 0 && cancelled > 0 ? (
          <IconButton icon="play" label="Go on with the stopped scans" onClick={goOnWithQueue} />
        ) : (
          <IconButton icon="stop" label="Stop the queue" disabled={pending === 0} onClick={stopQueue} />
        )}
        <IconButton
          icon="export"
          label="Save the results of all scans as CSV"
          onClick={() => saveFile('results.csv', resultsCsv(scans), 'text/csv')}
        />
      </span>
    </div>
  );
}

export function ScanListTools() {
  const { order, descending, text } = useStudio((state) => state.scanList);
  const { setScanList } = useCommands();
  const name = useId();
  return (
    <search className="list-tools">
      <label className="visually-hidden" htmlFor={`${name}-text`}>
        Part of the name
      </label>
      <input
        id={`${name}-text`}
        type="search"
        className="search-field"
        placeholder="Part of the name"
        autoComplete="off"
        value={text}
        onChange={(event) => setScanList({ text: event.currentTarget.value })}
      />
      <div className="row">
        <label className="visually-hidden" htmlFor={`${name}-order`}>
          Order of the scans
        </label>
        <select
          id={`${name}-order`}
          value={order}
          onChange={({ currentTarget: { value } }) => {
            const chosen = SCAN_ORDERS.find((known) => known === value);
            // What is worst and largest is looked for.
            if (chosen !== undefined)
              setScanList({ order: chosen, descending: chosen === 'score' || chosen === 'points' });
          }}
        >
          {SCAN_ORDERS.map((known) => (
            <option key={known} value={known}>
              {ORDERS[known]}
            </option>
          ))}
        </select>
        <IconButton
          icon={descending ? 'descending' : 'ascending'}
          label={descending ? 'Descending; turn the order around' : 'Ascending; turn the order around'}
          onClick={() => setScanList({ descending: !descending })}
        />
      </div>
      <GroupFilter />
    </search>
  );
}

function GroupFilter() {
  const group = useStudio((state) => state.scanList.group);
  const { groups, total } = useQueueCount();
  const { setScanList } = useCommands();
  const choices = [null, ...SCAN_GROUPS] as const;
  return (
    <fieldset className="group-filter" aria-label="Which scans are listed">
      {choices.map((known) => (
        <button
          key={known ?? 'all'}
          type="button"
          className="chip"
          aria-pressed={known === group}
          onClick={() => setScanList({ group: known })}
        >
          <span>{known === null ? 'All' : GROUPS[known]}</span>{' '}
          <b>{formatCount(known === null ? total : groups[known])}</b>
        </button>
      ))}
    </fieldset>
  );
}
