/** A folder of hundreds of scans: listed as asked, walked in that order, stopped and gone on with, in little memory. */

import { describe, expect, it } from 'vitest';
import { OBJECT_RULES } from '../core/objectRule.ts';
import { bootedStudio, file } from '../testing/studio.ts';
import { resultsCsv } from './scanExport.ts';
import { countQueue, groupOf, listedScans, neighbourScan } from './scanList.ts';
import { INITIAL_SCAN_LIST, type ScanListState } from './scanListState.ts';
import { activeScan, type Scan, type ScanStatus, scanBytes } from './state.ts';

function scan(name: string, patch: Partial<Scan>): Scan {
  return {
    id: name,
    name,
    origin: { kind: 'file', file: file(name) },
    unit: 'mm',
    up: '+z',
    unplaced: false,
    scale: 1,
    mesh: { kind: 'vertices' },
    status: { kind: 'waiting' },
    cloud: null,
    radius: 2,
    report: null,
    analysis: null,
    summary: null,
    ...patch,
  };
}

function scored(name: string, verdict: 'ok' | 'not-ok', objectScore: number, points: number): Scan {
  const calibration = { pointThreshold: 0.05, objectThreshold: 0.1, how: 'by hand' };
  const others = { mean: objectScore, top: objectScore, p99: objectScore, max: objectScore };
  const ownRule = OBJECT_RULES.mean;
  const basis = { figures: { own: objectScore, others }, ownRule, calibration, aligned: true };
  const summary = {
    points,
    objectScore,
    limit: 0.1,
    verdict,
    rule: ownRule,
    basis,
    judge: 'model',
    accepted: 0,
    rim: 0,
  };
  return scan(name, { status: { kind: 'released' }, summary });
}

const FAILED: ScanStatus = {
  kind: 'failed',
  error: { kind: 'format', where: 'broken.ply: line 3', message: 'bad header' },
};
const SCANS = [
  scored('part10.ply', 'ok', 0.01, 900),
  scored('Part2.ply', 'not-ok', 0.3, 100),
  scan('waits.ply', {}),
  scored('part1.ply', 'not-ok', 0.2, 500),
  scan('broken.ply', { status: FAILED }),
];

function names(list: Partial<ScanListState>): string[] {
  return listedScans(SCANS, { ...INITIAL_SCAN_LIST, ...list }).map(({ name }) => name.replace('.ply', ''));
}

describe('the list of scans', () => {
  it('is ordered as asked, numbers in names as numbers; what is not known yet comes last', () => {
    expect(names({ order: 'name' })).toEqual(['broken', 'part1', 'Part2', 'part10', 'waits']);
    expect(names({ order: 'score', descending: true })).toEqual([
      'Part2',
      'part1',
      'part10',
      'waits',
      'broken',
    ]);
    expect(names({ order: 'points' })).toEqual(['Part2', 'part1', 'part10', 'waits', 'broken']);
    expect(names({ order: 'verdict' })).toEqual(['Part2', 'part1', 'part10', 'broken', 'waits']);
    expect(names({ descending: true })[0]).toBe('broken');
  });

  it('is filtered by a part of the name and by what came of the scan', () => {
    expect(names({ text: ' PART1' })).toEqual(['part10', 'part1']);
    expect(names({ group: 'not-ok' })).toEqual(['Part2', 'part1']);
    expect(names({ group: 'failed' })).toEqual(['broken']);
    expect(names({ group: 'waiting' })).toEqual(['waits']);
    expect(names({ group: 'ok', text: 'part2' })).toEqual([]);
  });

  it('is entered at its ends from a scan that is filtered out, and passes over what cannot be shown', () => {
    const bad = listedScans(SCANS, { ...INITIAL_SCAN_LIST, group: 'not-ok' });
    expect(neighbourScan(bad, 'waits.ply', 1)?.name).toBe('Part2.ply');
    expect(neighbourScan(bad, 'waits.ply', -1)?.name).toBe('part1.ply');
    expect(neighbourScan(SCANS, 'part1.ply', 1)).toBeNull();
  });

  it('counts a scan that is only read again as what it is', () => {
    const again = { ...SCANS[1]!, status: { kind: 'working' } } as const;
    expect(groupOf(again)).toBe('not-ok');
    expect(countQueue([...SCANS, again])).toMatchObject({
      total: 6,
      pending: 2,
      failed: 1,
      groups: { 'not-ok': 3, ok: 1, waiting: 1 },
    });
  });
});

describe('a folder of 500 scans', () => {
  it('opens the list and tells of failures without covering the view; each is in the list and the results', async () => {
    const { store, commands, settle } = await bootedStudio();
    const files = Array.from({ length: 500 }, (_, i) => file(`${i % 10 === 3 ? 'broken' : 'scan'}${i}.ply`));
    commands.openFolder(files.map((scan) => ({ path: `lot 7/${scan.name}`, file: scan })));
    await settle();
    const { scans, notices, panels } = store.getState();
    expect(countQueue(scans)).toMatchObject({ total: 501, pending: 0, failed: 50 });
    expect(panels.samples).toBe(true);
    expect(notices).toHaveLength(2);
    expect(notices.at(-1)).toMatchObject({
      title: '49 more scans failed',
      where: 'the last one: broken493.ply: line 3',
      action: { kind: 'show-failed' },
    });
    commands.actOnNotice(notices.at(-1)!.id);
    const state = store.getState();
    expect(listedScans(state.scans, state.scanList)).toHaveLength(50);
    const rows = resultsCsv(scans).trim().split('\r\n');
    expect(rows).toHaveLength(502);
    expect(rows[5]).toMatch(/^broken3\.ply,failed,.*broken3\.ply: line 3: bad header$/);
    expect(rows[2]).toContain('not-ok,1.2,0.4,file units,3,');
  });

  it('keeps the last ones in memory; one that was let go is read again, its verdict listed all the while', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    // 12 MB of positions each: twice what is kept.
    const files = Array.from({ length: 60 }, (_, i) => file(`scan${i}.ply`));
    for (const { name } of files) engine.pointsOf.set(name, 1_000_000);
    commands.openFiles(files);
    await settle();
    const held = store.getState().scans.reduce((sum, known) => sum + scanBytes(known), 0);
    expect(held).toBeGreaterThan(300e6);
    expect(held).toBeLessThan(450e6);
    const gone = store.getState().scans.find(({ status }) => status.kind === 'released')!;
    expect(groupOf(gone)).toBe('not-ok');
    commands.showScan(gone.id);
    expect(groupOf(store.getState().scans.find(({ id }) => id === gone.id)!)).toBe('not-ok');
    await settle();
    expect(activeScan(store.getState())).toMatchObject({ id: gone.id, status: { kind: 'scored' } });
  });

  it('is stopped as a whole and gone on with', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    engine.holdScores = true;
    commands.openFiles(['a', 'b', 'c'].map((name) => file(`${name}.ply`)));
    await settle();
    commands.stopQueue();
    await settle();
    const kinds = () => store.getState().scans.map(({ status }) => status.kind);
    expect(kinds()).toEqual(['scored', 'cancelled', 'cancelled', 'cancelled']);
    expect(store.getState().wantedId).toBeNull();
    engine.holdScores = false;
    commands.goOnWithQueue();
    await settle();
    expect(kinds()).toEqual(['scored', 'scored', 'scored', 'scored']);
  });

  it('is walked in the order and under the filter of the list', async () => {
    const { store, commands, settle } = await bootedStudio();
    commands.openFiles(['c', 'a', 'b'].map((name) => file(`${name}.ply`)));
    await settle();
    commands.setScanList({ order: 'name', text: '.ply' });
    const step = (by: 1 | -1) => {
      commands.stepScan(by);
      return activeScan(store.getState())?.name;
    };
    expect(step(-1)).toBe('b.ply');
    expect(step(-1)).toBe('a.ply');
    expect(step(-1)).toBe('a.ply');
    expect(step(1)).toBe('b.ply');
  });
});
