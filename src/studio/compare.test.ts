/** A second scan beside the one in the viewport: which it is, and how it is turned to lie like the first. */

import { describe, expect, it } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { applyPose, invertPose, type Pose, randomRotation } from '../core/registration/pose.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { poseBeside, scanBeside } from './compareState.ts';
import { activeScan } from './state.ts';

async function withTwo() {
  const made = await bootedStudio();
  made.commands.openFiles([file('a.ply'), file('b.ply')]);
  await made.settle();
  const names = () => {
    const state = made.store.getState();
    return [activeScan(state)?.name, scanBeside(state)?.name];
  };
  const idOf = (name: string) => made.store.getState().scans.find((scan) => scan.name === name)!.id;
  return { ...made, names, idOf };
}

describe('comparing two scans', () => {
  it('they change sides, the first is stepped through, and closing one ends it', async () => {
    const { commands, names, idOf } = await withTwo();
    commands.compareWith(idOf('b.ply'));
    expect(names()).toEqual(['a.ply', 'b.ply']);
    commands.swapCompared();
    expect(names()).toEqual(['b.ply', 'a.ply']);
    commands.stepScan(-1);
    // The scan that is stepped to was the other one: both stay in sight.
    expect(names()).toEqual(['a.ply', 'b.ply']);
    commands.stepScan(-1);
    expect(names()).toEqual(['Flange, bulge', 'b.ply']);
    commands.removeScan(idOf('b.ply'));
    expect(names()).toEqual(['Flange, bulge', undefined]);
  });

  it('is a matter of Inspect mode, and is there again when one comes back', async () => {
    const { commands, names, idOf } = await withTwo();
    commands.compareWith(idOf('b.ply'));
    commands.setMode('label');
    expect(names()[1]).toBeUndefined();
    commands.setMode('inspect');
    expect(names()[1]).toBe('b.ply');
    commands.toggleCompare();
    expect(names()[1]).toBeUndefined();
  });

  it('opens the good scan that a scan is judged by, once, and judges it too', async () => {
    const { commands, names, store, settle } = await withTwo();
    commands.addGoodFiles([file('good.ply')]);
    await settle();
    commands.toggleCompare();
    await settle();
    expect(names()).toEqual(['a.ply', 'good.ply']);
    expect(scanBeside(store.getState())?.status.kind).toBe('scored');
    commands.toggleCompare();
    commands.compareWithGood();
    expect(store.getState().scans.filter(({ name }) => name === 'good.ply')).toHaveLength(1);
  });

  it('a scan that could not be read is tried again when it is put beside', async () => {
    const { commands, store, settle, idOf, engine } = await withTwo();
    commands.openFiles([file('broken.ply')]);
    await settle();
    const before = engine.calls.length;
    commands.compareWith(idOf('broken.ply'));
    await settle();
    expect(engine.calls.length).toBeGreaterThan(before);
    expect(scanBeside(store.getState())?.status.kind).toBe('failed');
  });

  it('tells the ways of the offsets of the second one when that is asked for', async () => {
    const { commands, store, settle, idOf } = await withTwo();
    commands.compareWith(idOf('b.ply'));
    await commands.signBeside();
    await settle();
    expect(store.getState().regions.besideSigned?.scanId).toBe(idOf('b.ply'));
  });
});

describe('how the second scan lies', () => {
  const stream = new RandomStream(3);
  const pose = (): Pose => ({
    rotation: randomRotation(stream),
    translation: [stream.normal(), stream.normal(), stream.normal()],
  });

  it('the same place of the part comes to the same place', async () => {
    const { commands, engine, store, settle, idOf } = await withTwo();
    const [a, b] = [pose(), pose()];
    commands.addGoodFiles([file('good.ply')]);
    engine.alignment = { pose: a };
    await settle();
    const scan = (name: string) => store.getState().scans.find(({ id }) => id === idOf(name))!;
    const first = scan('a.ply');
    const laid = { ...first.analysis!, alignment: { ...first.analysis!.alignment!, pose: b } };
    const second = { ...scan('b.ply'), analysis: laid };
    const place = [0.3, -2, 5] as const;
    const [onFirst, onSecond] = [applyPose(invertPose(a), place), applyPose(invertPose(b), place)];
    const moved = applyPose(poseBeside(first, second)!, onSecond);
    for (let d = 0; d < 3; d++) expect(moved[d]).toBeCloseTo(onFirst[d]!, 9);
    expect(poseBeside(first, { ...second, analysis: null })).toBeNull();
    const other = { ...laid, map: { ...laid.map, modelHash: 'another' } };
    expect(poseBeside(first, { ...second, analysis: other })).toBeNull();
  });
});
