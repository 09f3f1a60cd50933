/** Sections, measurements and what is saved of a profile, without a page. */

import { describe, expect, it } from 'vitest';
import { profileOf } from '../core/sections.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { profileCsv } from './profileExport.ts';
import { activeScan } from './state.ts';
import { cuttingPlanes } from './viewToolState.ts';

async function opened() {
  const made = await bootedStudio();
  made.commands.openFiles([file('part.ply')]);
  await made.settle();
  return { ...made, tools: () => made.store.getState().viewTools };
}

const BOX = { low: [0, -2, 10], high: [4, 2, 30] } as const;

describe('sections', () => {
  it('cut what their normal points to, or the other side; both planes are the same place', async () => {
    const { commands, tools } = await opened();
    commands.toggleSection('z');
    commands.setSection('z', { share: 0.25 });
    expect(cuttingPlanes(tools().sections, BOX)).toEqual([{ normal: [0, 0, 1], offset: 15 }]);
    commands.setSection('z', { flipped: true });
    const [plane] = cuttingPlanes(tools().sections, BOX);
    expect(plane!.offset).toBe(-15);
    expect(plane!.normal[2]).toBe(-1);
    commands.toggleSection('z');
    expect(cuttingPlanes(tools().sections, BOX)).toEqual([]);
  });

  it('the profile follows what is switched on, and goes to another when its own is switched off', async () => {
    const { commands, tools } = await opened();
    commands.toggleSection('x');
    commands.toggleSection('y');
    expect(tools().profile).toBe('y');
    commands.toggleSection('y');
    expect(tools().profile).toBe('x');
    commands.toggleSection('x');
    expect(tools().profile).toBeNull();
  });

  it('a place outside the scan and a direction without length change nothing that could break the picture', async () => {
    const { commands, tools } = await opened();
    commands.setSection('free', { normal: [0, 3, 4] });
    commands.setSection('free', { normal: [0, 0, 0], share: 7 });
    commands.setThickness(Number.NaN);
    expect(tools().sections.free.normal).toEqual([0, 0.6, 0.8]);
    expect(tools().sections.free.share).toBe(1);
    expect(tools().thickness).toBe(0.02);
  });
});

describe('measuring', () => {
  it('is complete with its last point, several are kept, one is deleted', async () => {
    const { commands, tools } = await opened();
    commands.addMeasurePoint([0, 0, 0]);
    expect(tools().measurements).toEqual([]);
    commands.setMeasuring('distance');
    for (const x of [0, 3, 5, 9]) commands.addMeasurePoint([x, 0, 0]);
    expect(tools().measurements.map(({ points }) => points)).toEqual([
      [
        [0, 0, 0],
        [3, 0, 0],
      ],
      [
        [5, 0, 0],
        [9, 0, 0],
      ],
    ]);
    commands.removeMeasurement(tools().measurements[0]!.id);
    expect(tools().measurements.map(({ points }) => points[0])).toEqual([[5, 0, 0]]);
    commands.addMeasurePoint([0, 0, 0]);
    expect(commands.dropBegunMeasurement()).toBe(true);
    expect(commands.dropBegunMeasurement()).toBe(false);
  });

  it('never joins points of two scans', async () => {
    const { commands, tools, settle } = await opened();
    commands.setMeasuring('angle');
    commands.addMeasurePoint([0, 0, 0]);
    commands.addMeasurePoint([1, 0, 0]);
    commands.openFiles([file('other.ply')]);
    await settle();
    commands.addMeasurePoint([2, 0, 0]);
    expect(tools().measurements).toEqual([]);
    expect(tools().begun?.points).toEqual([[2, 0, 0]]);
  });
});

describe('a saved profile', () => {
  it('has the coordinates of the file and scores in its unit', async () => {
    const { store } = await opened();
    const { cloud, analysis } = activeScan(store.getState())!;
    const moved = { ...cloud!, origin: [100, 0, 0] as const };
    const profile = profileOf(cloud!.positions, { normal: [0, 1, 0], offset: 0 }, 1);
    const csv = profileCsv(moved, profile, analysis!.map.score, 40, 'mm').split('\r\n');
    expect(csv[0]).toBe('x (mm),y (mm),z (mm),across (mm),up (mm),score (mm)');
    expect(csv[1]).toBe('100,0,0,100,0,0');
    expect(csv).toHaveLength(profile.rows.length + 2);
  });
});
