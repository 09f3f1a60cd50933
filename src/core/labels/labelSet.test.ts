import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../errors.ts';
import {
  applyEdit,
  assignClass,
  countClasses,
  DEFAULT_CLASSES,
  difference,
  emptyLabels,
  invertEdit,
  type LabelSet,
  NO_GUARDS,
  withNewClass,
} from './labelSet.ts';

const three = withNewClass(DEFAULT_CLASSES, 'crack');
const labelled = (...classOf: number[]): LabelSet => ({
  classes: three,
  classOf: Uint8Array.from(classOf),
  pins: [],
  rejected: new Uint8Array(classOf.length),
  revision: 4,
});

describe('label edits', () => {
  it('change the selected points and nothing else, and the given set stays as it was', () => {
    const set = labelled(0, 1, 2, 0);
    const edit = assignClass(set, Uint8Array.of(1, 0, 1, 0), 1)!;
    expect([...edit.rows]).toEqual([0, 2]);
    const after = applyEdit(set, edit);
    expect([...after.classOf]).toEqual([1, 1, 1, 0]);
    expect(after.revision).toBe(5);
    expect([...set.classOf]).toEqual([0, 1, 2, 0]);
    expect(assignClass(after, Uint8Array.of(1, 0, 0, 0), 1)).toBeNull();
  });

  it('leave labelled points alone with "no overwrite", but may clear them', () => {
    const set = labelled(0, 1, 2);
    const all = Uint8Array.of(1, 1, 1);
    const guards = { ...NO_GUARDS, noOverwrite: true };
    expect([...assignClass(set, all, 1, guards)!.rows]).toEqual([0]);
    expect([...assignClass(set, all, 0, guards)!.rows]).toEqual([1, 2]);
  });

  it('never touch a locked class', () => {
    const guards = { ...NO_GUARDS, locked: new Set([2]) };
    expect([...assignClass(labelled(0, 1, 2), Uint8Array.of(1, 1, 1), 0, guards)!.rows]).toEqual([1]);
  });

  it('refuse a selection of another scan and a class that is not there', () => {
    expect(() => assignClass(labelled(0), Uint8Array.of(1, 1), 1)).toThrow(InvalidInputError);
    expect(() => assignClass(labelled(0), Uint8Array.of(1), 9)).toThrow('there is no class 9');
    expect(() => difference(Uint8Array.of(0), Uint8Array.of(0, 1))).toThrow(InvalidInputError);
  });

  it('undone in reverse order bring back every earlier state', () => {
    const step = fc.record({
      selected: fc.uint8Array({ minLength: 12, maxLength: 12, max: 1 }),
      number: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const states = [labelled(...new Array<number>(12).fill(0))];
        const edits = [];
        for (const { selected, number } of steps) {
          const edit = assignClass(states.at(-1)!, selected, number);
          if (edit === null) continue;
          edits.push(edit);
          states.push(applyEdit(states.at(-1)!, edit));
        }
        let now = states.at(-1)!;
        for (let i = edits.length - 1; i >= 0; i--) {
          now = applyEdit(now, invertEdit(edits[i]!));
          expect(now.classOf).toEqual(states[i]!.classOf);
        }
      }),
    );
  });

  it('between two labellings lead from the one to the other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ max: 3, min: 0 }), fc.integer({ max: 3, min: 0 }))),
        (pairs) => {
          const from = labelled(...pairs.map(([a]) => a));
          const wanted = Uint8Array.from(pairs, ([, b]) => b);
          const edit = difference(from.classOf, wanted);
          expect(edit === null ? from.classOf : applyEdit(from, edit).classOf).toEqual(wanted);
        },
      ),
    );
  });
});

describe('classes', () => {
  it('get the lowest free number and a colour of their own', () => {
    const gap = withNewClass(
      three.filter(({ number }) => number !== 1),
      'dent',
    );
    expect(gap.map(({ number, name }) => `${number} ${name}`)).toEqual(['0 good', '1 dent', '2 crack']);
    expect(new Set(three.map(({ colour }) => colour)).size).toBe(3);
  });

  it('are counted, also those that only the labels know', () => {
    expect(Object.fromEntries(countClasses(labelled(0, 7, 7)))).toEqual({ 0: 1, 1: 0, 2: 0, 7: 2 });
    expect(emptyLabels(3).classOf).toEqual(Uint8Array.of(0, 0, 0));
  });
});
