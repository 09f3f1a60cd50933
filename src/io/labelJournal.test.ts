/** A killed tab must lose nothing that was done, and must never bring back what was not. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../core/contentHash.ts';
import { FormatError } from '../core/errors.ts';
import { type JournalStep, journalRecord, journalStart, readJournal } from './labelJournal.ts';

const POINTS = 5000;

const edit: fc.Arbitrary<JournalStep> = fc
  .uniqueArray(fc.integer({ min: 0, max: POINTS - 1 }), { minLength: 1, maxLength: 40 })
  .chain((rows) => {
    const classes = fc.uint8Array({ minLength: rows.length, maxLength: rows.length, max: 3 });
    return fc.record({ rows: fc.constant(Uint32Array.from(rows).sort()), before: classes, after: classes });
  })
  .map((made) => ({ kind: 'edit', edit: made }));
const classList = fc.array(
  fc.record({ number: fc.integer({ min: 0, max: 255 }), name: fc.string(), colour: fc.string() }),
  { maxLength: 4 },
);
const step: fc.Arbitrary<JournalStep> = fc.oneof(
  edit,
  fc.record({ kind: fc.constant('classes' as const), before: classList, after: classList }),
  fc.constantFrom<JournalStep>({ kind: 'undo' }, { kind: 'redo' }),
);

function journalOf(steps: readonly JournalStep[]): Uint8Array {
  const records = [journalStart({ scan: 'abc', points: POINTS }), ...steps.map(journalRecord)];
  return Uint8Array.from(records.flatMap((record) => [...record]));
}

describe('the journal of labels', () => {
  it('gives back every step', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const bytes = journalOf(steps);
        const journal = readJournal('j', bytes)!;
        expect(journal.head).toEqual({ scan: 'abc', points: POINTS });
        expect(journal.steps).toEqual(steps);
        expect(journal.bytes).toBe(bytes.length);
      }),
    );
  });

  it('cut off anywhere gives back the steps before the cut, and where to go on', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (steps, share) => {
          const bytes = journalOf(steps);
          const cut = bytes.subarray(0, Math.floor(share * bytes.length));
          const journal = readJournal('j', cut);
          if (journal === null) {
            expect(cut.length).toBeLessThan(journalStart({ scan: 'abc', points: POINTS }).length);
            return;
          }
          expect(journal.steps).toEqual(steps.slice(0, journal.steps.length));
          expect(journal.bytes).toBeLessThanOrEqual(cut.length);
          expect(journalOf(journal.steps)).toEqual(bytes.slice(0, journal.bytes));
        },
      ),
    );
  });

  it('damaged anywhere never gives a step that was not made', () => {
    const steps: JournalStep[] = [
      {
        kind: 'edit',
        edit: { rows: Uint32Array.of(1, 9), before: Uint8Array.of(0, 0), after: Uint8Array.of(1, 2) },
      },
      { kind: 'undo' },
    ];
    const bytes = journalOf(steps);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice();
        damaged[at]! ^= change;
        const journal = readJournal('j', damaged);
        expect(journal?.steps ?? []).toEqual(steps.slice(0, journal?.steps.length ?? 0));
      }),
      { numRuns: 1000 },
    );
  });

  it('of another version says so, and an empty one is none', () => {
    const body = new TextEncoder().encode('{"version":9,"scan":"abc","points":1}');
    const record = new Uint8Array(8 + body.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, body.length, true);
    view.setUint32(4, Number.parseInt(contentHash(body).slice(0, 8), 16), true);
    record.set(body, 8);
    expect(() => readJournal('j', record)).toThrow(/another version \(9\)/);
    expect(readJournal('j', new Uint8Array())).toBeNull();
  });

  it('rejects rows that the scan does not have', () => {
    const beyond = journalRecord({
      kind: 'edit',
      edit: { rows: Uint32Array.of(POINTS), before: Uint8Array.of(0), after: Uint8Array.of(1) },
    });
    const bytes = Uint8Array.from([...journalStart({ scan: 'abc', points: POINTS }), ...beyond]);
    expect(readJournal('j', bytes)!.steps).toEqual([]);
    const foreign = journalRecord({ kind: 'undo' });
    expect(() => readJournal('j', foreign)).toThrow(FormatError);
  });
});
