import { describe, expect, it } from 'vitest';
import { bootedStudio, file } from '../testing/studio.ts';
import { placingKey, withPlacing } from './placing.ts';
import { activeScan, type Scan } from './state.ts';

const inFolder = (path: string) => ({ path, file: file(path.split('/').at(-1)!) });
const placingOf = ({ unit, up, unplaced }: Scan) => ({ unit, up, unplaced });

describe('unit and up axis of a scan', () => {
  it('are asked once for files that come alone, then known for others of the format', async () => {
    const { store, commands, settle, stored } = await bootedStudio();
    const scan = (name: string) => store.getState().scans.find((known) => known.name === name)!;
    commands.openFiles([file('a.ply'), file('b.ply'), file('c.pcd')]);
    await settle();
    expect(placingOf(scan('a.ply'))).toEqual({ unit: 'file', up: '+z', unplaced: true });
    commands.tryPlacing(scan('a.ply').id, { unit: 'mm' });
    // Still being asked: the axis may follow.
    expect(placingOf(scan('a.ply'))).toEqual({ unit: 'mm', up: '+z', unplaced: true });
    commands.tryPlacing(scan('a.ply').id, { up: '+y' });
    commands.placeScan(scan('a.ply').id, {});
    const answered = { unit: 'mm', up: '+y', unplaced: false };
    expect(placingOf(scan('a.ply'))).toEqual(answered);
    expect(placingOf(scan('b.ply'))).toEqual(answered);
    expect(placingOf(scan('c.pcd')).unplaced).toBe(true);
    expect(stored().placings).toEqual({ 'format:ply': { unit: 'mm', up: '+y' } });
    commands.openFiles([file('d.PLY')]);
    await settle();
    expect(placingOf(scan('d.PLY'))).toEqual(answered);
    // One file is corrected: the others of that format may come from elsewhere and stay.
    commands.placeScan(scan('d.PLY').id, { unit: 'in' });
    expect(scan('a.ply').unit).toBe('mm');
  });

  it('belong to a folder: a correction reaches all of its scans and no others', async () => {
    const { store, commands, settle } = await bootedStudio();
    const units = () => store.getState().scans.map(({ unit }) => unit);
    commands.openFolder(['lot 7/a.ply', 'lot 7/b.ply', 'lot 8/c.ply'].map(inFolder));
    await settle();
    commands.placeScan(store.getState().scans[1]!.id, { unit: 'm' });
    expect(units()).toEqual(['mm', 'm', 'm', 'file']);
    commands.placeScan(store.getState().scans[2]!.id, { unit: 'cm' });
    expect(units()).toEqual(['mm', 'cm', 'cm', 'file']);
  });

  it('are known of the samples and of formats whose standard says so', async () => {
    const { store, commands, settle } = await bootedStudio();
    expect(activeScan(store.getState())).toMatchObject({ unit: 'mm', up: '+z', unplaced: false });
    commands.openFiles([file('hall.e57')]);
    await settle();
    expect(store.getState().scans.at(-1)).toMatchObject({ unit: 'm', up: '+z', unplaced: false });
  });

  it('are kept by what the file is, not how it is packed; the oldest answers are forgotten', () => {
    expect(placingKey({ kind: 'file', file: file('a.ply.gz') })).toBe('format:ply');
    let placings = {};
    for (let i = 0; i < 300; i++) placings = withPlacing(placings, `folder:${i}`, { unit: 'mm', up: '+z' });
    expect(Object.keys(placings)).toHaveLength(200);
    expect(Object.keys(placings)[0]).toBe('folder:100');
  });
});
