/** The list of defects follows scan and threshold; what is saved of a scan can be read by others. */

import { describe, expect, it } from 'vitest';
import { readScan } from '../io/readScan.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { regionsOf } from './regionState.ts';
import { exportScan, type JudgedScan, regionsCsv, resultsCsv } from './scanExport.ts';
import { activeScan } from './state.ts';

async function judged() {
  const made = await bootedStudio();
  made.commands.openFiles([file('=part,1.ply')]);
  await made.settle();
  const scan = activeScan(made.store.getState())!;
  const whole: JudgedScan = {
    scan: { ...scan, unit: 'mm' },
    cloud: scan.cloud!,
    analysis: scan.analysis!,
    labels: Uint8Array.of(0, 1, 2),
  };
  const regions = () => regionsOf(made.store.getState().regions, scan.id)?.regions;
  return { ...made, scan, whole, regions, state: () => made.store.getState().regions };
}

describe('defect regions', () => {
  it('are found at the threshold in force, once', async () => {
    const { commands, engine, regions } = await judged();
    await commands.findRegions();
    await commands.findRegions();
    expect(regions()).toHaveLength(1);
    expect(engine.thresholds).toEqual([0.03]);
    commands.setThreshold(0.001);
    await commands.findRegions();
    expect(regions()).toHaveLength(2);
  });

  it('are walked through around both ends', async () => {
    const { commands, state } = await judged();
    commands.setThreshold(0.001);
    await commands.findRegions();
    commands.stepRegion(-1);
    expect(state().shown).toBe(1);
    commands.stepRegion(1);
    expect(state().shown).toBe(0);
    commands.setRestore(7);
    expect(state().restore).toBe(1);
  });
});

describe('what is saved of a scan', () => {
  it.each(['ply', 'pcd'] as const)(
    'as %s has score and offsets in the unit of the coordinates',
    async (format) => {
      const { whole } = await judged();
      const { cloud } = readScan(`part.${format}`, exportScan(whole, format));
      // 0.08 model units of 40 source units each.
      expect(cloud.attributes.score![2]).toBeCloseTo(3.2, 5);
      expect(Object.keys(cloud.attributes)).toEqual(['score', 'offset_x', 'offset_y', 'offset_z', 'label']);
      expect([...cloud.attributes.label!]).toEqual([0, 1, 2]);
      expect(cloud.positions).toEqual(whole.cloud.positions);
    },
  );

  it('as CSV has a row a point, regions and results as tables', async () => {
    const { whole, commands, regions, store } = await judged();
    const rows = new TextDecoder().decode(exportScan(whole, 'csv')).trim().split('\r\n');
    expect(rows).toHaveLength(4);
    expect(rows[0]).toBe('x,y,z,score,offset_x,offset_y,offset_z,label');
    const [x, y, z, score, ...rest] = rows[3]!.split(',').map(Number);
    expect([x, y, z, ...rest]).toEqual([0, 1, 0, 0, 0, 0, 2]);
    expect(score).toBeCloseTo(3.2, 6);
    await commands.findRegions();
    expect(regionsCsv(regions()!, whole).split('\r\n')[1]).toBe('1,1,bulge,3.2,3.2,2,1,1,2,3,');
    const results = resultsCsv(store.getState().scans).split('\r\n');
    expect(results.find((row) => row.includes('part'))).toMatch(/^"'=part,1\.ply",not-ok,/);
  });
});
