/** Predicted regions as suggestions: settled one by one, taken back, and remembered. */

import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { regionsOf } from './regionState.ts';
import { nextOpen, type Suggestion, suggestionsOf } from './suggestions.ts';

/** A scan whose points 1 and 2 lie above the threshold, each a region of its own. */
async function suggesting(files = memoryFiles()) {
  const made = await bootedStudio({ files });
  const { commands, store, settle } = made;
  commands.openFiles([file('part.ply')]);
  await settle();
  await commands.openLabels();
  commands.setThreshold(0.005);
  await commands.findRegions();
  const set = () => store.getState().labels.scans.get('part.ply')!.set;
  const list = () => {
    const { regions, activeId } = store.getState();
    return suggestionsOf(set(), regionsOf(regions, activeId));
  };
  const status = () => list().map((suggestion) => suggestion.status);
  const shown = () => store.getState().regions.shown;
  return { ...made, files, set, status, shown };
}

describe('suggestions', () => {
  it('accepted ones get the chosen class, and the next one is looked at', async () => {
    const { commands, status, shown, set } = await suggesting();
    expect(status()).toEqual(['open', 'open']);
    commands.addClass('crack');
    commands.setLabelOptions({ activeClass: 2 });
    commands.stepSuggestion(1);
    expect(shown()).toBe(0);
    commands.acceptSuggestion();
    expect([...set().classOf]).toEqual([0, 2, 0]);
    expect([status(), shown()]).toEqual([['accepted', 'open'], 1]);
    commands.undoLabel();
    expect(status()).toEqual(['open', 'open']);
    commands.acceptAllSuggestions();
    expect([...set().classOf]).toEqual([0, 2, 2]);
    // One step.
    commands.undoLabel();
    expect([...set().classOf]).toEqual([0, 0, 0]);
  });

  it('rejected ones stay rejected over a reload, with undo, and can be suggested again', async () => {
    const first = await suggesting();
    first.commands.rejectSuggestion(0);
    expect([first.status(), first.shown()]).toEqual([['rejected', 'open'], 1]);
    expect([...first.set().classOf]).toEqual([0, 0, 0]);
    await first.settle();
    const second = await suggesting(first.files);
    expect(second.status()).toEqual(['rejected', 'open']);
    second.commands.undoLabel();
    expect(second.status()).toEqual(['open', 'open']);
    second.commands.redoLabel();
    second.commands.rejectSuggestion(0);
    expect(second.status()).toEqual(['open', 'open']);
  });

  it('what is settled is not asked about again, and an accepted one is not rejected by a slip', async () => {
    const { commands, status } = await suggesting();
    commands.acceptSuggestion(1);
    commands.rejectSuggestion(1);
    expect(status()).toEqual(['open', 'accepted']);
    commands.rejectSuggestion(0);
    commands.acceptSuggestion(0);
    expect(status()).toEqual(['accepted', 'accepted']);
  });

  it('are walked through around the end, past those that are settled', () => {
    const of = (...statuses: Suggestion['status'][]) =>
      statuses.map((status, at) => ({ status, at }) as Suggestion); // nothing else is looked at
    expect(nextOpen(of('open', 'accepted', 'open'), 0, 1)).toBe(2);
    expect(nextOpen(of('open', 'accepted', 'open'), 2, 1)).toBe(0);
    expect(nextOpen(of('open', 'rejected', 'open'), null, -1)).toBe(2);
    expect(nextOpen(of('accepted', 'rejected'), null, 1)).toBeNull();
    expect(nextOpen([], null, 1)).toBeNull();
  });
});
