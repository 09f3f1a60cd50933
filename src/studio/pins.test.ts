/** Comments stay on their points, through undo, a reload, the report and a shared link; accepted regions leave the verdict. */

import { describe, expect, it } from 'vitest';
import { pinName } from '../core/labels/pins.ts';
import { memoryFiles } from '../testing/memoryFiles.ts';
import { bootedStudio, file, type TestStudio } from '../testing/studio.ts';
import { regionsOf } from './regionState.ts';
import { reportContent } from './reportContent.ts';
import { pinsCsv, regionsCsv, resultsCsv } from './scanExport.ts';
import { shareContent } from './shareContent.ts';
import { activeScan } from './state.ts';
import { marksOf } from './trainingSetup.ts';

async function judged(files = memoryFiles()) {
  const made = await bootedStudio({ files });
  made.commands.openFiles([file('part.ply')]);
  await made.settle();
  return made;
}

const labelsOf = ({ store }: TestStudio) => {
  const id = activeScan(store.getState())?.cloud?.id ?? '';
  return store.getState().labels.scans.get(id);
};
const pinsOf = (made: TestStudio) => labelsOf(made)?.set.pins ?? [];

async function pin({ commands, settle }: TestStudio, row: number, text: string): Promise<void> {
  commands.setPinning(true);
  commands.beginPin(row);
  await commands.savePin(text);
  await settle();
}

describe('pins', () => {
  it('are named like columns', () => {
    expect([0, 25, 26, 51, 52, 701, 702].map(pinName)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA', 'ZZ', 'AAA']);
  });

  it('are put, changed, deleted, and undone like every other step', async () => {
    const made = await judged();
    const { commands, store } = made;
    await pin(made, 2, '  scratch \n');
    await pin(made, 0, 'burr');
    expect(store.getState().viewTools).toMatchObject({ pinning: false, pinDraft: null });
    expect(pinsOf(made)).toEqual([
      { id: 1, row: 2, text: 'scratch' },
      { id: 2, row: 0, text: 'burr' },
    ]);
    commands.editPin(1);
    await commands.savePin('deep scratch');
    expect(pinsOf(made)[0]?.text).toBe('deep scratch');
    commands.removePin(2);
    expect(pinsOf(made)).toHaveLength(1);
    commands.undoLabel();
    commands.undoLabel();
    expect(pinsOf(made).map(({ text }) => text)).toEqual(['scratch', 'burr']);
    commands.redoLabel();
    expect(pinsOf(made)[0]?.text).toBe('deep scratch');
    commands.editPin(1);
    await commands.savePin('   ');
    expect(pinsOf(made).map(({ text }) => text)).toEqual(['burr']);
  });

  it('without a comment are not kept, and leave nothing in the browser’s storage', async () => {
    const files = memoryFiles();
    const made = await judged(files);
    made.commands.beginPin(1);
    expect(made.commands.dropPinDraft()).toBe(true);
    expect(made.commands.dropPinDraft()).toBe(false);
    expect([...files.held.keys()].filter((name) => name.startsWith('labels/'))).toEqual([]);
  });

  it('come back with the scan on the next visit, whatever its file is called', async () => {
    const files = memoryFiles();
    await pin(await judged(files), 2, 'scratch');
    const again = await judged(files);
    expect(pinsOf(again)).toEqual([{ id: 1, row: 2, text: 'scratch' }]);
  });

  it('go into their own list, into the report and into what is shared, unless they are left out there', async () => {
    const made = await judged();
    await pin(made, 2, 'look, "here"');
    const state = made.store.getState();
    const scan = activeScan(state)!;
    const [cloud, analysis] = [scan.cloud!, scan.analysis!];
    const far = { ...cloud, origin: [4_000_000.125, 0, 0] as const };
    expect(pinsCsv(pinsOf(made), scan, far).split('\r\n').slice(0, 2)).toEqual([
      'pin,x,y,z,score (file units),point,comment',
      'A,4000000.125,1,0,3.2,2,"look, ""here"""',
    ]);
    expect(reportContent(state, { ...scan, cloud, analysis }, '', 0).pins).toEqual([
      { name: 'A', text: 'look, "here"' },
    ]);
    expect(shareContent(state, null, 0)?.pins).toEqual([{ position: [0, 1, 0], text: 'look, "here"' }]);
    made.commands.setShareOptions({ pins: false });
    expect(shareContent(made.store.getState(), null, 0)?.pins).toEqual([]);
  });
});

describe('a region that is accepted as normal', () => {
  async function withRegion() {
    const files = memoryFiles();
    const made = await judged(files);
    await made.commands.findRegions();
    return { ...made, files };
  }
  const summary = ({ store }: TestStudio) => activeScan(store.getState())?.summary;

  it('leaves the verdict and comes back into it; both can be undone', async () => {
    const made = await withRegion();
    expect(summary(made)).toMatchObject({ verdict: 'not-ok', accepted: 0 });
    await made.commands.acceptRegion(0);
    // The mean of the two points that are left.
    expect(summary(made)).toMatchObject({ verdict: 'ok', accepted: 1 });
    expect(summary(made)?.objectScore).toBeCloseTo(0.005, 6);
    await made.commands.rejectRegion(0);
    expect(summary(made)).toMatchObject({ verdict: 'not-ok', accepted: 0 });
    made.commands.undoLabel();
    expect(summary(made)).toMatchObject({ verdict: 'ok' });
    expect(resultsCsv(made.store.getState().scans)).toContain('part.ply,ok,0.2,0.4');
  });

  it('is a hard negative for fine-tuning', async () => {
    const made = await withRegion();
    await made.commands.acceptRegion(0);
    expect(marksOf(labelsOf(made))).toEqual({ normal: Uint32Array.of(2) });
  });

  it('is passed over, and told apart in the list, the report and what is shared', async () => {
    const made = await withRegion();
    made.commands.setThreshold(0.001);
    await made.commands.findRegions();
    await made.commands.acceptRegion(0);
    made.commands.stepRegion(1);
    made.commands.stepRegion(1);
    expect(made.store.getState().regions.shown).toBe(1);
    const state = made.store.getState();
    const scan = activeScan(state)!;
    const whole = { ...scan, cloud: scan.cloud!, analysis: scan.analysis! };
    const accepted = Uint8Array.of(0, 1, 0);
    const rows = regionsCsv(regionsOf(state.regions, scan.id)!.regions, { ...whole, scan }, accepted);
    expect(
      rows
        .trim()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',').at(-1)),
    ).toEqual(['normal', '']);
    const report = reportContent(state, whole, '', 0);
    expect(report.regions.map(([number]) => number)).toEqual(['2']);
    expect(report).toMatchObject({ acceptedRegions: 1 });
    expect(report.above).toMatch(/^1 of 3 points above/);
    const shared = shareContent(state, null, 0)!;
    expect(shared.regions).toHaveLength(1);
    expect(shared.score[1]).toBe(0);
  });

  it('stays accepted on the next visit', async () => {
    const { files, ...made } = await withRegion();
    await made.commands.acceptRegion(0);
    await made.settle();
    expect(summary(await judged(files))).toMatchObject({ verdict: 'ok', accepted: 1 });
  });
});
