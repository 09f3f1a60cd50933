/** Labels survive a closed tab, a killed one and a torn write; nothing of another scan comes back. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignClass, DEFAULT_CLASSES } from '../core/labels/labelSet.ts';
import type { JournalStep } from '../io/labelJournal.ts';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { LabelJournals, play } from './labelJournals.ts';
import { freshLabels, type ScanLabels } from './labelState.ts';

const POINTS = 20;
const action = fc.oneof(
  fc.record({
    selected: fc.uint8Array({ minLength: POINTS, maxLength: POINTS, max: 1 }),
    number: fc.constantFrom(0, 1),
  }),
  fc.constantFrom('undo' as const, 'redo' as const),
);
type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

function stepOf(labels: ScanLabels, wanted: Action): JournalStep | null {
  if (wanted === 'undo' || wanted === 'redo') return { kind: wanted };
  const edit = assignClass(labels.set, wanted.selected, wanted.number);
  return edit === null ? null : { kind: 'edit', edit };
}

async function work(
  journals: LabelJournals,
  labels: ScanLabels,
  actions: readonly Action[],
): Promise<ScanLabels> {
  let now = labels;
  for (const wanted of actions) {
    const step = stepOf(now, wanted);
    if (step === null) continue;
    now = play(now, step);
    await journals.keep('scan', step);
  }
  return now;
}

const open = (journals: LabelJournals) => journals.open('scan', POINTS, DEFAULT_CLASSES);

describe('labels kept in the browser', () => {
  it('come back with their whole history, over several visits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(action, { maxLength: 5 }), { maxLength: 4 }), async (visits) => {
        const files = memoryFiles();
        let expected = freshLabels(POINTS);
        for (const actions of visits) {
          const journals = new LabelJournals(files);
          const opened = await open(journals);
          expect(opened.set.classOf).toEqual(expected.set.classOf);
          expect(opened.history).toEqual(expected.history);
          expected = await work(journals, opened, actions);
        }
      }),
    );
  });

  it('lose at most the step whose file was torn, and go on from there', async () => {
    const files = memoryFiles();
    const journals = new LabelJournals(files);
    const all = new Uint8Array(POINTS).fill(1);
    const one = Uint8Array.from({ length: POINTS }, (_, i) => (i === 3 ? 1 : 0));
    await work(journals, await open(journals), [
      { selected: all, number: 1 },
      { selected: one, number: 0 },
    ]);
    const last = (await files.list('labels/scan')).at(-1)!;
    const bytes = (await files.read(`labels/scan/${last}`))!;
    await files.write(`labels/scan/${last}`, bytes.slice(0, bytes.length - 1));
    const again = new LabelJournals(files);
    const opened = await open(again);
    expect(opened.set.classOf).toEqual(all);
    await work(again, opened, [{ selected: one, number: 0 }]);
    expect((await open(new LabelJournals(files))).set.classOf[3]).toBe(0);
  });

  it('survive a tab killed while packing, whether the packed file is whole or torn', async () => {
    const files = memoryFiles();
    const journals = new LabelJournals(files);
    const all = new Uint8Array(POINTS).fill(1);
    await work(journals, await open(journals), [{ selected: all, number: 1 }, 'undo', 'redo']);
    const before = await Promise.all(
      (await files.list('labels/scan')).map(
        async (name) => [name, (await files.read(`labels/scan/${name}`))!] as const,
      ),
    );
    await open(new LabelJournals(files));
    const packed = (await files.list('labels/scan')).at(-1)!;
    const bytes = (await files.read(`labels/scan/${packed}`))!;
    for (const [length, kept] of [
      [bytes.length, 1],
      [bytes.length, 3],
      [bytes.length - 2, before.length],
    ] as const) {
      await files.remove('labels/scan');
      // Old files are removed from the first on.
      for (const [name, old] of before.slice(before.length - kept))
        await files.write(`labels/scan/${name}`, old);
      await files.write(`labels/scan/${packed}`, bytes.slice(0, length));
      const opened = await open(new LabelJournals(files));
      expect(opened.set.classOf).toEqual(all);
      expect(opened.history.done).toHaveLength(1);
    }
  });

  it('belong to a scan of as many points only', async () => {
    const files = memoryFiles();
    const journals = new LabelJournals(files);
    await work(journals, await open(journals), [{ selected: new Uint8Array(POINTS).fill(1), number: 1 }]);
    const other = await new LabelJournals(files).open('scan', POINTS + 1, DEFAULT_CLASSES);
    expect(other.set.classOf.every((number) => number === 0)).toBe(true);
  });
});
