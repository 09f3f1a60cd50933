import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyHistory, type History, record, stepBack, stepForward } from './history.ts';

it('leads back through every state and forward again, and a new edit forgets what was undone', () => {
  const action = fc.oneof(fc.integer(), fc.constantFrom('undo' as const, 'redo' as const));
  fc.assert(
    fc.property(fc.array(action), (actions) => {
      let history: History<number> = emptyHistory();
      // The oracle: all states in a row and where we are.
      let states: number[][] = [[]];
      let at = 0;
      for (const wanted of actions) {
        if (wanted === 'undo') {
          history = stepBack(history)?.history ?? history;
          at = Math.max(0, at - 1);
        } else if (wanted === 'redo') {
          history = stepForward(history)?.history ?? history;
          at = Math.min(states.length - 1, at + 1);
        } else {
          history = record(history, wanted);
          states = [...states.slice(0, at + 1), [...states[at]!, wanted]];
          at++;
        }
        expect(history.done).toEqual(states[at]);
        expect(history.undone).toHaveLength(states.length - 1 - at);
      }
    }),
  );
});
