/** Every object, the worst mistake first; a click looks at it in Inspect mode. */

import { useMemo, useState } from 'react';
import { type CategoryReport, type ObjectRow, worstFirst } from '../../studio/evaluationState.ts';
import { formatCount, formatSignificant } from '../../studio/units.ts';
import { useCommands, useStudio } from '../useStudio.ts';
import { useThreshold } from './useThreshold.ts';

const FIRST = 12;

export function ObjectsTable({ report }: { readonly report: CategoryReport }) {
  const { level, threshold: inForce } = useThreshold(report);
  const [all, setAll] = useState(false);
  // The verdict over objects needs a threshold of objects, whatever the charts show.
  const best = Number.isNaN(report.objectF1.threshold) ? 0 : report.objectF1.threshold;
  const threshold = level === 'objects' ? inForce : best;
  const rows = useMemo(() => worstFirst(report.rows, threshold), [report, threshold]);
  const wrong = rows.filter((row) => row.objectScore > threshold !== row.anomalous).length;
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <section className="objects" aria-label="Objects">
      <header>
        <h3>
          Worst cases first{' '}
          <span className="dim">
            {wrong === 0 ? 'no object is on the wrong side' : `${wrong} of ${rows.length} on the wrong side`}
          </span>
        </h3>
      </header>
      <div className="table-scroll">
        <table className="figures">
          <thead>
            <tr>
              <th scope="col">Object</th>
              <th scope="col">Truth</th>
              <th scope="col">Called</th>
              <th scope="col" className="number">
                Score
              </th>
              <th scope="col" className="number">
                Peak
              </th>
              <th scope="col" className="number">
                Points marked
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.path} row={row} bad={row.objectScore > threshold} />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > FIRST && (
        <button type="button" className="button" onClick={() => setAll(!all)}>
          {all ? 'Show the worst only' : `Show all ${rows.length}`}
        </button>
      )}
    </section>
  );
}

function Row({ row, bad }: { readonly row: ObjectRow; readonly bad: boolean }) {
  const { openTestObject, setMode } = useCommands();
  const here = useStudio((state) => state.evaluation.dataset?.files.has(row.path) ?? false);
  const wrong = bad !== row.anomalous;
  return (
    <tr>
      <th scope="row">
        {here ? (
          <button
            type="button"
            className="link"
            title="Look at it in Inspect"
            onClick={() => {
              if (openTestObject(row.path)) setMode('inspect');
            }}
          >
            {row.name}
          </button>
        ) : (
          row.name
        )}
      </th>
      <td>{row.anomalous ? (row.defectType ?? 'anomalous') : 'good'}</td>
      <td>
        <span className={`tag ${wrong ? 'tag-not-ok' : 'tag-ok'}`}>
          {bad ? 'bad' : 'good'}
          {wrong && (row.anomalous ? ', missed' : ', false alarm')}
        </span>
      </td>
      <td className="number">{formatSignificant(row.objectScore, 4)}</td>
      <td className="number">{formatSignificant(row.peak, 4)}</td>
      <td className="number">
        {formatCount(row.anomalousPoints)} <span className="dim">of {formatCount(row.points)}</span>
      </td>
    </tr>
  );
}
