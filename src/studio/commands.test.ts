import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bootedStudio, CALIBRATION, file, studio } from '../testing/studio.ts';
import { activeScan } from './state.ts';

const placed = (name: string) => ({ path: `lot 7/${name}`, file: file(name) });

describe('start of the page', () => {
  it('shows the first sample with its heatmap without a click', async () => {
    const { store, url } = await bootedStudio();
    const scan = activeScan(store.getState());
    expect(scan).toMatchObject({ name: 'Flange, bulge', unit: 'mm', status: { kind: 'scored' } });
    expect(scan?.analysis?.verdict).toBe('not-ok');
    expect(store.getState().notices).toEqual([]);
    expect(url.shown).toBe('flange-bulge');
  });

  it('shows the sample of the link instead', async () => {
    const { store } = await bootedStudio({ sample: 'flange-good' });
    expect(activeScan(store.getState())?.name).toBe('Flange, good');
  });

  it('tells that the linked sample is unknown and shows the first one', async () => {
    const { store } = await bootedStudio({ sample: 'gone' });
    expect(store.getState().notices[0]).toMatchObject({ title: 'There is no sample “gone”' });
    expect(activeScan(store.getState())?.name).toBe('Flange, bulge');
  });

  it('without a model still shows the scan and says which file is missing', async () => {
    const { store } = await bootedStudio({ missing: ['models/flange.safetensors'] });
    expect(store.getState().notices).toMatchObject([{ where: 'models/flange.safetensors' }]);
    expect(activeScan(store.getState())).toMatchObject({ status: { kind: 'shown' }, analysis: null });
  });

  it('scores what is open as soon as a missing model is in place', async () => {
    const missing = ['models/manifest.json'];
    const { store, commands, settle } = await bootedStudio({ missing });
    expect(activeScan(store.getState())?.status.kind).toBe('shown');
    missing.pop();
    commands.actOnNotice(store.getState().notices[0]!.id);
    await settle();
    expect(activeScan(store.getState())?.status.kind).toBe('scored');
  });

  it('without its lists offers to open own files', async () => {
    const { store, commands, settle } = await bootedStudio({
      missing: ['models/manifest.json', 'samples/manifest.json'],
    });
    expect(store.getState().notices).toHaveLength(2);
    commands.openFiles([file('own.ply')]);
    await settle();
    expect(activeScan(store.getState())).toMatchObject({ name: 'own.ply', status: { kind: 'shown' } });
  });

  it('says why nothing can be computed when the engine does not start, and can try again', async () => {
    const { store, commands, engine, settle } = studio();
    engine.failNextStart = { kind: 'internal', where: 'engine worker', message: 'blocked' };
    await commands.boot();
    expect(store.getState().engine.phase).toBe('failed');
    const notice = store.getState().notices[0]!;
    expect(notice).toMatchObject({ cause: 'blocked', action: { kind: 'restart-engine' } });
    commands.actOnNotice(notice.id);
    await settle();
    expect(activeScan(store.getState())?.status.kind).toBe('scored');
  });
});

describe('opening files', () => {
  it('keeps the earlier scan on screen when a file is broken, and names file and cause', async () => {
    const { store, commands, settle } = await bootedStudio();
    commands.openFiles([file('broken.pcd')]);
    await settle();
    const { notices, scans } = store.getState();
    expect(activeScan(store.getState())?.name).toBe('Flange, bulge');
    expect(notices[0]).toMatchObject({
      title: 'Could not read “broken.pcd”',
      where: 'broken.pcd: line 3',
      cause: 'bad header',
    });
    expect(notices[0]?.next).toContain('“Flange, bulge” stays open');
    expect(scans.at(-1)?.status.kind).toBe('failed');
  });

  it('scores all of several files, shows the first, and steps over the broken one', async () => {
    const { store, commands, settle } = await bootedStudio();
    commands.openFiles([file('a.ply'), file('broken.ply'), file('b.ply')]);
    await settle();
    const names = () => activeScan(store.getState())?.name;
    expect(names()).toBe('a.ply');
    expect(store.getState().scans.map((scan) => scan.status.kind)).toEqual([
      'scored',
      'scored',
      'failed',
      'scored',
    ]);
    commands.stepScan(1);
    expect(names()).toBe('b.ply');
    commands.stepScan(1);
    expect(names()).toBe('b.ply');
    commands.stepScan(-1);
    commands.stepScan(-1);
    expect(names()).toBe('Flange, bulge');
  });

  it('takes only scans out of a folder and says how many files it passed over', async () => {
    const { store, commands, settle } = await bootedStudio();
    commands.openFolder([placed('notes.docx'), placed('a.PLY')]);
    await settle();
    expect(store.getState().scans.map((scan) => scan.name)).toEqual(['Flange, bulge', 'a.PLY']);
    expect(store.getState().log.some((line) => line.text.startsWith('1 of 2 files'))).toBe(true);
  });

  it('takes the scans out of an archive, and says what is wrong with one that is damaged', async () => {
    const { store, commands, settle } = await bootedStudio();
    const text = new TextEncoder().encode('1 2 3\n');
    const bytes = zipSync({ 'parts/a.xyz': text, 'b.xyz': text, 'notes.md': text });
    commands.openFiles([new File([Uint8Array.from(bytes)], 'parts.zip')]);
    await settle();
    const { scans, log } = store.getState();
    expect(scans.slice(1).map(({ name, status }) => [name, status.kind])).toEqual([
      ['parts/a.xyz', 'scored'],
      ['b.xyz', 'scored'],
    ]);
    expect(scans[1]?.origin).toMatchObject({ kind: 'file', packed: { packing: 'deflate', size: 6 } });
    expect(log.some((line) => line.text.startsWith('1 files in “parts.zip”'))).toBe(true);
    commands.openFiles([file('cut.zip')]);
    await settle();
    expect(store.getState().notices.at(-1)).toMatchObject({ title: 'Could not open “cut.zip”' });
  });

  it('reads a mesh again as points of its surface', async () => {
    const { store, commands, settle, engine, stored } = await bootedStudio();
    commands.openFiles([file('mesh.ply')]);
    await settle();
    const { id } = store.getState().scans.at(-1)!;
    const before = engine.calls.length;
    commands.useMesh(id, { kind: 'sample', points: 5000, seed: 0 });
    await settle();
    expect(engine.calls.length).toBeGreaterThan(before);
    expect(store.getState().scans.at(-1)).toMatchObject({
      mesh: { kind: 'sample', points: 5000 },
      status: { kind: 'scored' },
    });
    // The next file may be a mesh or a cloud: remembered, and over a reload.
    commands.openFiles([file('next.stl')]);
    await settle();
    expect(store.getState().scans.at(-1)?.mesh).toEqual({
      kind: 'sample',
      points: 5000,
      seed: 0,
      ifMesh: true,
    });
    expect(stored().meshUse).toEqual({ kind: 'sample', points: 5000, seed: 0 });
  });

  it('shows a sample that is open already instead of reading it twice', async () => {
    const { store, commands, settle, engine } = await bootedStudio();
    commands.openSample('flange-good');
    await settle();
    const calls = engine.calls.length;
    expect(commands.openSample('flange-bulge')).toBe(true);
    await settle();
    expect(activeScan(store.getState())?.name).toBe('Flange, bulge');
    expect(engine.calls.filter((call) => call === 'analyse')).toHaveLength(2);
    expect(engine.calls).toHaveLength(calls);
    expect(commands.openSample('gone')).toBe(false);
  });

  it('shows the points before they are scored, and goes on after a cancel', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    engine.holdScores = true;
    commands.openFiles([file('slow.ply'), file('next.ply')]);
    await settle();
    expect(activeScan(store.getState())).toMatchObject({ name: 'slow.ply', analysis: null });
    expect(store.getState().job).toMatchObject({ stage: 'Network', fraction: 0.5 });
    engine.holdScores = false;
    commands.cancelJob();
    await settle();
    expect(store.getState().scans.map((scan) => scan.status.kind)).toEqual(['scored', 'cancelled', 'scored']);
    expect(store.getState().job).toBeNull();
    expect(store.getState().notices).toEqual([]);
  });

  it('forgets a removed scan, also while it is being scored, and shows its neighbour', async () => {
    const { store, commands, engine, settle, url } = await bootedStudio();
    engine.holdScores = true;
    commands.openFiles([file('slow.ply')]);
    await settle();
    commands.removeScan(store.getState().scans[1]!.id);
    await settle();
    expect(store.getState().scans).toHaveLength(1);
    expect(activeScan(store.getState())?.name).toBe('Flange, bulge');
    commands.removeScan(store.getState().scans[0]!.id);
    expect(store.getState()).toMatchObject({ scans: [], activeId: null });
    expect(url.shown).toBeNull();
  });
});

describe('a lost engine', () => {
  const lost = { kind: 'device-lost', where: 'GPU', message: 'driver reset' } as const;

  it('starts again, loads the model again and scores what was under way', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    engine.holdScores = true;
    commands.openFiles([file('slow.ply')]);
    await settle();
    engine.holdScores = false;
    engine.lose(lost);
    await settle();
    expect(engine.starts).toEqual(['auto', 'auto']);
    expect(activeScan(store.getState())).toMatchObject({ name: 'slow.ply', status: { kind: 'scored' } });
    expect(store.getState().notices).toMatchObject([{ tone: 'warning', cause: 'driver reset' }]);
  });

  it('goes on reading scans when there was no model before either', async () => {
    const { store, commands, engine, settle } = await bootedStudio({ missing: ['models/manifest.json'] });
    engine.lose(lost);
    commands.openFiles([file('own.ply')]);
    await settle();
    expect(activeScan(store.getState())).toMatchObject({ name: 'own.ply', status: { kind: 'shown' } });
  });

  it('computes on the CPU after it was lost twice within a minute', async () => {
    const { store, engine, settle } = await bootedStudio();
    engine.lose(lost);
    await settle();
    engine.lose(lost);
    await settle();
    expect(engine.starts).toEqual(['auto', 'auto', 'wasm']);
    expect(store.getState().engine).toMatchObject({ phase: 'ready', info: { backend: 'wasm' } });
  });
});

describe('a backend in the address', () => {
  it('is started, and again after a loss', async () => {
    const { engine, settle } = await bootedStudio({ backend: 'webgpu' });
    engine.lose({ kind: 'device-lost', where: 'GPU', message: 'driver reset' });
    await settle();
    expect(engine.starts).toEqual(['webgpu', 'webgpu']);
  });
});

describe('choosing a model', () => {
  it('scores everything again and drops the threshold of the old model', async () => {
    const { store, commands, settle } = await bootedStudio();
    commands.setThreshold(0.2);
    await commands.chooseModel('bracket');
    await settle();
    const state = store.getState();
    expect(state.model).toMatchObject({ phase: 'ready', entry: { id: 'bracket' } });
    expect(state.view.threshold).toBeNull();
    expect(activeScan(state)?.analysis?.map.modelHash).toBe('bracket.safetensors');
  });
});

describe('looking at the heatmap', () => {
  it('moves the threshold in visible steps from the model’s own value, never below zero', async () => {
    const { store, commands } = await bootedStudio();
    commands.nudgeThreshold(1);
    expect(store.getState().view.threshold).toBeGreaterThan(CALIBRATION.pointThreshold);
    commands.nudgeThreshold(-1000);
    expect(store.getState().view.threshold).toBe(0);
    commands.setThreshold(Number.NaN);
    expect(store.getState().view.threshold).toBe(0);
    commands.setThreshold(null);
    expect(store.getState().view.threshold).toBeNull();
  });

  it('never closes the range of the colours', async () => {
    const { store, commands } = await bootedStudio();
    commands.setRange({ low: 0.05, high: 0.01 });
    const { range } = store.getState().view;
    expect(range!.high).toBeGreaterThan(range!.low);
  });

  it('remembers theme, colours and points for the next visit', async () => {
    const { commands, stored } = await bootedStudio();
    commands.setTheme('report');
    commands.setColourMap('cividis');
    commands.setPointScale(100);
    expect(stored()).toMatchObject({ theme: 'report', colourMap: 'cividis', pointScale: 4 });
  });

  it('Esc closes what lies on top, one thing at a time', async () => {
    const { store, commands } = await bootedStudio();
    commands.setPanel('samples', true);
    commands.setPanel('keys', true);
    commands.report({ tone: 'error', title: 't', where: '', cause: 'c', next: 'n', action: null });
    expect(commands.closeTopmost()).toBe(true);
    expect(store.getState().panels).toMatchObject({ keys: false, samples: true });
    expect(commands.closeTopmost()).toBe(true);
    expect(store.getState().notices).toHaveLength(1);
    expect(commands.closeTopmost()).toBe(true);
    expect(commands.closeTopmost()).toBe(false);
  });

  it('says once, in the log, that the browser stores nothing', async () => {
    const { store, commands, forbidStorage } = await bootedStudio();
    forbidStorage();
    commands.setTheme('dark');
    commands.setTheme('light');
    expect(store.getState().log.filter((line) => line.text.includes('store settings'))).toHaveLength(1);
  });
});

describe('the object score', () => {
  it('can be another one: all verdicts follow, with the limit of the same good scans or without one', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    const result = () => activeScan(store.getState())?.summary;
    expect(result()).toMatchObject({ objectScore: 0.03, limit: 0.01, verdict: 'not-ok' });
    // These good scans' other scores were not kept.
    commands.setObjectRule('max');
    expect(result()).toMatchObject({ objectScore: 0.08, limit: null, verdict: 'uncalibrated' });
    commands.setObjectRule(null);
    expect(result()).toMatchObject({ objectScore: 0.03, limit: 0.01, verdict: 'not-ok' });

    engine.calibration = { ...CALIBRATION, objectThresholds: { mean: 0.01, top: 0.09, p99: 0.07, max: 0.1 } };
    commands.setObjectRule('top');
    commands.openFiles([file('own.ply')]);
    await settle();
    const own = store.getState().scans.at(-1)?.summary;
    expect(own).toMatchObject({ objectScore: 0.08, limit: 0.09, verdict: 'ok' });
    commands.setObjectRule('p99');
    expect(store.getState().scans.at(-1)?.summary).toMatchObject({ limit: 0.07, verdict: 'not-ok' });
  });
});
