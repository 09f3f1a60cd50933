/** Labelling without a page: what tools catch becomes labels, every step can be taken back and is kept. */

import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { bootedStudio, file } from '../testing/studio.ts';

/** A studio with a scan of three points open and its labels read. */
async function labelling(files = memoryFiles()) {
  const made = await bootedStudio({ files });
  made.commands.openFiles([file('part.ply')]);
  await made.settle();
  await made.commands.openLabels();
  const labels = () => made.store.getState().labels;
  const current = () => labels().scans.get('part.ply')!;
  return { ...made, files, labels, current, classOf: () => [...current().set.classOf] };
}

const points = (...rows: number[]) => Uint8Array.from({ length: 3 }, (_, i) => (rows.includes(i) ? 1 : 0));

describe('label commands', () => {
  it('select with replace, add and remove, then give a class; undo and redo', async () => {
    const { commands, labels, classOf } = await labelling();
    commands.catchPoints(points(0), 'replace');
    commands.catchPoints(points(1, 2), 'add');
    commands.catchPoints(points(2), 'remove');
    expect(labels().selection).toMatchObject({ count: 2, points: points(0, 1) });
    commands.labelSelection(1);
    expect(classOf()).toEqual([1, 1, 0]);
    expect(labels().selection).toBeNull();
    commands.undoLabel();
    expect(classOf()).toEqual([0, 0, 0]);
    commands.undoLabel();
    commands.redoLabel();
    expect(classOf()).toEqual([1, 1, 0]);
  });

  it('label at once where that is wanted, and make good with remove', async () => {
    const { commands, classOf } = await labelling();
    commands.setLabelOptions({ atOnce: true });
    commands.catchPoints(points(0, 1), 'add');
    commands.catchPoints(points(1), 'remove');
    expect(classOf()).toEqual([1, 0, 0]);
  });

  it('keep everything for the next visit', async () => {
    const first = await labelling();
    first.commands.addClass('crack');
    first.commands.selectPoints(points(2));
    first.commands.labelSelection(2);
    await first.settle();
    expect(first.current().storage).toEqual({ kind: 'kept' });
    const second = await labelling(first.files);
    expect(second.classOf()).toEqual([0, 0, 2]);
    expect(second.current().set.classes.map(({ name }) => name)).toEqual(['good', 'defect', 'crack']);
    second.commands.undoLabel();
    expect(second.classOf()).toEqual([0, 0, 0]);
  });

  it('go on without storage and say so once', async () => {
    const { commands, files, settle, classOf, current, store } = await labelling();
    files.setFull(true);
    commands.selectPoints(points(0));
    commands.labelSelection(1);
    await settle();
    commands.selectPoints(points(1));
    commands.labelSelection(1);
    await settle();
    expect(classOf()).toEqual([1, 1, 0]);
    expect(current().storage.kind).toBe('failed');
    expect(store.getState().notices.map(({ title }) => title)).toEqual(['Labels are not kept']);
  });

  it('keep a class that points have, and "good" always', async () => {
    const { commands, current } = await labelling();
    commands.selectPoints(points(0));
    commands.labelSelection(1);
    commands.removeClass(1);
    commands.removeClass(0);
    expect(current().set.classes).toHaveLength(2);
    commands.undoLabel();
    commands.removeClass(1);
    expect(current().set.classes).toHaveLength(1);
    commands.undoLabel();
    commands.changeClass(1, { name: 'dent' });
    expect(current().set.classes[1]).toMatchObject({ number: 1, name: 'dent' });
  });

  it('import labels with classes nobody knew, and refuse those of another scan', async () => {
    const { commands, classOf, current, store } = await labelling();
    const ownText = new File(['0,0,0,0\n1,0,0,7\n0,1,0,1\n'], 'gt.txt');
    await commands.importLabels(ownText);
    expect(classOf()).toEqual([0, 7, 1]);
    expect(current().set.classes.map(({ number }) => number)).toEqual([0, 1, 7]);
    await commands.importLabels(new File(['1\n1\n'], 'other.txt'));
    expect(classOf()).toEqual([0, 7, 1]);
    expect(store.getState().notices[0]).toMatchObject({
      title: 'The labels of “other.txt” were not taken',
      cause: expect.stringContaining('2 labels, but part.ply has 3 points'),
    });
  });

  it('export what can be imported again', async () => {
    const { commands } = await labelling();
    commands.selectPoints(points(1));
    commands.labelSelection(1);
    const written = commands.exportLabels('anomaly-shapenet')!;
    expect(written.name).toBe('part.txt');
    expect(new TextDecoder().decode(written.bytes)).toBe('0,0,0,0\n1,0,0,1\n0,1,0,0\n');
  });
});
