/** The rim of a scan: left out of score, verdict, regions and results when that is wanted, and back again. */

import { describe, expect, it } from 'vitest';
import { bootedStudio, file } from '../testing/studio.ts';
import { reportContent } from './reportContent.ts';
import { resultsCsv } from './scanExport.ts';
import { activeScan } from './state.ts';

/** A studio whose only point above the threshold, the last of three, lies at the rim. */
async function rimmed() {
  const made = await bootedStudio();
  const asked: object[] = [];
  made.engine.answers.findBoundary = (params) => {
    asked.push(params);
    return { mask: Uint8Array.of(0, 0, 1), count: 1 };
  };
  const summary = () => activeScan(made.store.getState())?.summary;
  return { ...made, asked, summary };
}

describe('leaving out the rim', () => {
  it('judges by the other points, finds no regions there, and says so', async () => {
    const { store, commands, summary, asked } = await rimmed();
    expect(summary()).toMatchObject({ objectScore: 0.03, verdict: 'not-ok', rim: 0 });
    await commands.findRegions();
    expect(store.getState().regions.found?.regions).toHaveLength(1);
    await commands.toggleBoundary();
    // The mean of 0 and 0.01.
    expect(summary()).toMatchObject({ objectScore: expect.closeTo(0.005, 8), verdict: 'ok', rim: 1 });
    await commands.findRegions();
    expect(store.getState().regions.found?.regions).toHaveLength(0);
    const scan = activeScan(store.getState())!;
    const judged = { ...scan, cloud: scan.cloud!, analysis: scan.analysis! };
    const report = reportContent(store.getState(), judged, '', 0);
    expect(report).toMatchObject({ verdict: 'ok' });
    expect(report.basis).toContain('Without 1 points at the rim of the scan.');
    expect(resultsCsv([scan])).toMatch(/,ok,.*,1,mean of all points,/);
    await commands.toggleBoundary();
    expect(summary()).toMatchObject({ objectScore: 0.03, verdict: 'not-ok', rim: 0 });
    await commands.toggleBoundary();
    expect(asked).toHaveLength(1);
  });

  it('holds for scans that come later, and forgets rims of clouds that are gone', async () => {
    const { store, commands, settle, summary } = await rimmed();
    await commands.toggleBoundary();
    const first = store.getState().activeId!;
    commands.openFiles([file('later.ply')]);
    await settle();
    expect(store.getState().scans.at(-1)?.summary).toMatchObject({ verdict: 'ok', rim: 1 });
    expect(store.getState().boundary.found.size).toBe(2);
    commands.removeScan(first);
    commands.openFiles([file('third.ply')]);
    await settle();
    expect(store.getState().boundary.found.size).toBe(2);
    expect(summary()).toMatchObject({ rim: 1 });
  });

  it('that cannot be found counts, with a line in the log', async () => {
    const { store, commands, engine, summary } = await rimmed();
    engine.answers.findBoundary = () => {
      throw { kind: 'internal', where: '', message: 'out of memory' };
    };
    await commands.toggleBoundary();
    expect(summary()).toMatchObject({ verdict: 'not-ok', rim: 0 });
    expect(store.getState().log.at(-1)).toMatchObject({ level: 'error' });
  });
});
