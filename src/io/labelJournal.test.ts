/** A killed tab must lose nothing that was done, and must never bring back what was not. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentHash } from '../core/contentHash.ts';
import { type JournalStep, journalRecord, journalStart, readJournalFile } from './labelJournal.ts';

const POINTS = 5000;
const HEAD = { scan: 'abc', points: POINTS, classes: [{ number: 0, name: 'good', colour: '#999999' }] };
const START = journalStart(HEAD);

const read = (bytes: Uint8Array) => readJournalFile('j', bytes, POINTS);

const edit: fc.Arbitrary<JournalStep> = fc
  .uniqueArray(fc.integer({ min: 0, max: POINTS - 1 }), { minLength: 1, maxLength: 40 })
  .chain((rows) => {
    const classes = fc.uint8Array({ minLength: rows.length, maxLength: rows.length, max: 3 });
    return fc.record({ rows: fc.constant(Uint32Array.from(rows).sort()), before: classes, after: classes });
  })
  .chain((made) => fc.constantFrom('edit', 'reject').map((kind): JournalStep => ({ kind, edit: made })));
const classList = fc.array(
  fc.record({ number: fc.integer({ min: 0, max: 255 }), name: fc.string(), colour: fc.string() }),
  { maxLength: 4 },
);
const pinList = fc.array(
  fc.record({ id: fc.nat(), row: fc.nat(POINTS - 1), text: fc.string({ maxLength: 40 }) }),
  { maxLength: 4 },
);
const step: fc.Arbitrary<JournalStep> = fc.oneof(
  edit,
  fc.record({ kind: fc.constant('classes' as const), before: classList, after: classList }),
  fc.record({ kind: fc.constant('pins' as const), before: pinList, after: pinList }),
  fc.constantFrom<JournalStep>({ kind: 'undo' }, { kind: 'redo' }),
);

function journalOf(steps: readonly JournalStep[]): Uint8Array {
  const records = [START, ...steps.map(journalRecord)];
  return Uint8Array.from(records.flatMap((record) => [...record]));
}

describe('the journal of labels', () => {
  it('gives back every step', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const bytes = journalOf(steps);
        expect(read(bytes)).toEqual({ head: HEAD, steps, whole: true });
        // Steps that were written later, into a file of their own.
        expect(read(bytes.subarray(START.length))).toEqual({ head: null, steps, whole: true });
      }),
    );
  });

  it('cut off anywhere gives back the steps before the cut, and says so', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), share, (steps, kept) => {
        const bytes = journalOf(steps);
        const cut = bytes.subarray(0, Math.floor(kept * bytes.length));
        const file = read(cut);
        expect(file.steps).toEqual(steps.slice(0, file.steps.length));
        const written = file.head === null ? new Uint8Array() : journalOf(file.steps);
        expect(written.length).toBeLessThanOrEqual(cut.length);
        expect(file.whole).toBe(written.length === cut.length);
      }),
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
        const file = read(damaged);
        expect(file.whole).toBe(false);
        expect(file.steps).toEqual(steps.slice(0, file.steps.length));
      }),
      { numRuns: 1000 },
    );
  });

  it('of the first version, which knew no suggestions, is read as it is', () => {
    const { scan, points, classes } = HEAD;
    const body = new TextEncoder().encode(JSON.stringify({ version: 1, scan, points, classes }));
    const record = new Uint8Array(8 + body.length);
    new DataView(record.buffer).setUint32(0, body.length, true);
    new DataView(record.buffer).setUint32(4, Number.parseInt(contentHash(body).slice(0, 8), 16), true);
    record.set(body, 8);
    expect(read(record)).toEqual({ head: HEAD, steps: [], whole: true });
  });

  it('of another version says so, and an empty one is none', () => {
    const body = new TextEncoder().encode('{"version":9,"scan":"abc","points":1}');
    const record = new Uint8Array(8 + body.length);
    const view = new DataView(record.buffer);
    view.setUint32(0, body.length, true);
    view.setUint32(4, Number.parseInt(contentHash(body).slice(0, 8), 16), true);
    record.set(body, 8);
    expect(() => read(record)).toThrow(/another version \(9\)/);
    expect(read(new Uint8Array())).toEqual({ head: null, steps: [], whole: true });
  });

  it('rejects rows that the scan does not have', () => {
    const beyond = journalRecord({
      kind: 'edit',
      edit: { rows: Uint32Array.of(POINTS), before: Uint8Array.of(0), after: Uint8Array.of(1) },
    });
    expect(read(beyond)).toEqual({ head: null, steps: [], whole: false });
  });
});
