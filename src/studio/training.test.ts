import { describe, expect, it } from 'vitest';
import type { ErrorValue } from '../core/errors.ts';
import { emptyLabels } from '../core/labels/labelSet.ts';
import { architecture } from '../core/modelConfig.ts';
import type { CallHooks, EngineCalls, ModelRecord, RunRecord, TrainingEvent } from '../engine/protocol.ts';
import { bootedStudio, file, type TestStudio } from '../testing/studio.ts';
import { freshLabels } from './labelState.ts';
import { RECIPE_FIELDS } from './trainingPlans.ts';
import { marksOf, obstacle, setupOf } from './trainingSetup.ts';

const MODEL: ModelRecord = {
  id: 'abc123',
  title: 'flange',
  created: 1,
  bytes: 1000,
  thumbnail: null,
  summary: {
    hash: 'abc123',
    config: {
      name: 'flange',
      arch: architecture('demo'),
      inputs: 'xyz',
      voxelSize: 0.06,
      preset: 'studio',
      scoreNorm: 'l2',
    },
    parameters: 1,
    calibration: { pointThreshold: 0.02, objectThreshold: 0.01, how: 'max of 1 good scan' },
    provenance: { plan: 'quick' },
  },
  metrics: null,
};

const REPORT = { step: 1, loss: 1, dist: 1, dir: 0, lr: 1e-3, gradNorm: 1 };
const PACE = { epoch: 1, secondsPerStep: 1, pointsPerSecond: 1, eta: 1, bytes: 1 };

/** The engine's side of a run: tests say what happens and when it ends. */
interface FakeRun {
  readonly params: EngineCalls['train']['params'];
  say(event: TrainingEvent): void;
  end(result: EngineCalls['train']['result']): void;
  fail(error: ErrorValue): void;
}

/** A booted studio in Train mode with one good scan of 200 points, and the runs its engine was asked for. */
async function trainStudio(options: Parameters<typeof bootedStudio>[0] = {}) {
  const made = await bootedStudio(options);
  const runs: FakeRun[] = [];
  made.engine.answers.train = (params, hooks: CallHooks) =>
    new Promise((resolve, reject) => {
      hooks.signal?.addEventListener('abort', () =>
        reject({ kind: 'cancelled', where: '', message: 'cancelled' } satisfies ErrorValue),
      );
      runs.push({
        params: params as EngineCalls['train']['params'], // the call is `train`
        say: (event) => hooks.onTraining?.(event),
        end: resolve,
        fail: reject,
      });
    });
  made.commands.setMode('train');
  await addGood(made, 'good.ply');
  return { ...made, runs, training: () => made.store.getState().training };
}

type Opening = Pick<TestStudio, 'commands' | 'engine' | 'settle'>;

async function addGood({ commands, engine, settle }: Opening, name: string): Promise<void> {
  engine.pointsOf.set(name, 200);
  commands.openFiles([file(name)]);
  await settle();
}

/** One that compares with good scans. */
const UNIVERSAL: ModelRecord = {
  ...MODEL,
  id: 'def456',
  title: 'universal',
  summary: { ...MODEL.summary, hash: 'def456', config: { ...MODEL.summary.config, inputs: 'reference' } },
};

describe('setting a run up', () => {
  it('from the universal model: few steps on rich pseudo-defects, no held-out scans, no plan of the paper', async () => {
    const { store, commands, engine, settle } = await trainStudio();
    engine.answers.listModels = () => [MODEL, UNIVERSAL];
    await commands.renameModel('abc123', 'flange');
    await settle();
    commands.setPlan('paper');
    commands.setTrainingBase({ kind: 'library', id: 'def456' });
    expect(store.getState().training.draft.plan).toBe('balanced');
    expect(setupOf(store.getState())).toMatchObject({ arch: null, voxelSize: null });
    expect(setupOf(store.getState()).training.synthesis.defects).not.toBeNull();
    expect(setupOf(store.getState()).training.steps).toBeLessThan(500);
    expect(obstacle(store.getState())).toBeNull();
    expect(commands.setRecipeField('defects', 'normAs')).toBeNull();
    expect(obstacle(store.getState())).toContain('learns from rich pseudo-defects only');
    commands.resetRecipe();
    const { id } = store.getState().scans.find(({ name }) => name === 'good.ply')!;
    await addGood({ commands, engine, settle }, 'second.ply');
    commands.setScanRole(id, 'calibrate');
    expect(obstacle(store.getState())).toContain('let it learn from “good.ply” too');
  });

  it('cannot start without a good scan, and says why in words', async () => {
    const { store, commands, engine, settle } = await bootedStudio();
    commands.setMode('train');
    expect(obstacle(store.getState())).toBe('Choose at least one good scan to learn from.');
    engine.pointsOf.set('tiny.ply', 127);
    commands.openFiles([file('tiny.ply')]);
    await settle();
    expect(obstacle(store.getState())).toContain('“tiny.ply” has 127 points; at least 128');
    commands.startTraining();
    expect(store.getState().training.runs).toEqual([]);
  });

  it('files opened in Train mode are learned from, defective samples are not, good samples are', async () => {
    const { store, commands, settle } = await trainStudio();
    expect(obstacle(store.getState())).toBeNull();
    commands.openSample('flange-good');
    await settle();
    const { scans } = store.getState();
    expect(scans.map(({ name }) => name)).toEqual(['Flange, bulge', 'good.ply', 'Flange, good']);
    commands.setScanRole(scans[2]!.id, 'unused');
    commands.startTraining();
    await settle();
    expect(store.getState().training.runs[0]?.scans).toEqual(['good.ply']);
  });

  it('a plan sets every number; fine-tuning keeps the network and takes a quarter of the steps', async () => {
    const { store, commands } = await trainStudio();
    commands.setPlan('paper');
    expect(setupOf(store.getState())).toMatchObject({
      voxelSize: 0.03,
      training: { steps: 12_000, batchSize: 32 },
    });
    commands.setTrainingBase({ kind: 'library', id: 'abc123' });
    expect(setupOf(store.getState())).toMatchObject({
      arch: null,
      voxelSize: null,
      training: { steps: 3000 },
    });
    expect(obstacle(store.getState())).toContain('not in this browser any more');
  });

  it('a value that cannot be is refused with the reason and changes nothing', async () => {
    const { commands, training } = await trainStudio();
    const before = training().draft.recipe;
    expect(commands.setRecipeField('steps', 0)).toContain('integer of at least 1');
    expect(commands.setRecipeField('steps', Number.NaN)).toContain('integer');
    expect(commands.setRecipeField('voxelSize', -1)).toContain('above 0');
    expect(commands.setRecipeField('betaLow', 0)).toContain('positive');
    expect(training().draft.recipe).toEqual(before);
    expect(commands.setRecipeField('seed', 7)).toBeNull();
    expect(training().draft.recipe.training.seed).toBe(7);
    commands.resetRecipe();
    expect(training().draft.recipe).toEqual(before);
  });

  it.each(RECIPE_FIELDS.map((field) => [field.id, field] as const))(
    'the field %s takes back what it shows',
    async (id, field) => {
      const { commands, training } = await trainStudio();
      const value = field.get(training().draft.recipe);
      expect(commands.setRecipeField(id, value)).toBeNull();
      expect(field.get(training().draft.recipe)).toEqual(value);
      expect(field.hint.length).toBeGreaterThan(8);
    },
  );

  it('labelled defects are left out and regions called normal are held still', () => {
    const labels = freshLabels(6);
    const classes = [...emptyLabels(6).classes, { number: 2, name: 'Normal', colour: '#fff' }];
    const set = { ...labels.set, classes, classOf: Uint8Array.of(0, 1, 2, 2, 0, 1) };
    expect(marksOf({ ...labels, set })).toEqual({
      defects: Uint32Array.of(1, 5),
      normal: Uint32Array.of(2, 3),
    });
    expect(marksOf(labels)).toEqual({});
  });
});

describe('scans in Train mode', () => {
  it('are read and not scored, and scored when another mode is opened', async () => {
    const { store, commands, engine, settle } = await trainStudio();
    expect(store.getState().scans.at(-1)).toMatchObject({ name: 'good.ply', status: { kind: 'shown' } });
    const scored = () =>
      engine.calls.filter((call) => call === 'analyse' || call === 'analyseAgainst').length;
    const before = scored();
    commands.setMode('inspect');
    await settle();
    expect(store.getState().scans.at(-1)?.status.kind).toBe('scored');
    expect(scored()).toBe(before + 1);
  });
});

describe('the queue of runs', () => {
  it('a run under way can watch another scan, in the unit that the user gave it', async () => {
    const made = await trainStudio();
    const { commands, engine, runs, settle, training, store } = made;
    const asked: EngineCalls['watchScan']['params'][] = [];
    engine.answers.watchScan = (params) => {
      asked.push(params as EngineCalls['watchScan']['params']); // the call is `watchScan`
      return true;
    };
    await addGood(made, 'other.ply');
    const { id } = store.getState().scans.find(({ name }) => name === 'other.ply')!;
    commands.scaleScan(id, 25.4);
    await settle();
    commands.startTraining();
    await settle();
    expect(runs[0]!.params.start?.scans.map(({ name, scale }) => [name, scale])).toEqual([
      ['good.ply', 1],
      ['other.ply', 25.4],
    ]);
    const run = training().runs[0]!.id;
    await commands.watchInRun(run, id);
    expect(asked[0]).toMatchObject({ runId: run, scan: { name: 'other.ply', scale: 25.4 } });
    expect(training().runs[0]!.preview).toBe('other.ply');
    await commands.watchInRun(run, null);
    expect(asked[1]!.scan).toBeNull();
    expect(training().runs[0]!.preview).toBeNull();
  });

  it('runs one after the other, follows each, and lists the model at the end', async () => {
    const { commands, engine, runs, settle, training } = await trainStudio();
    commands.startTraining();
    commands.setTrainingName('second');
    commands.startTraining();
    await settle();
    expect(runs).toHaveLength(1);
    expect(training().runs.map(({ status }) => status.kind)).toEqual(['running', 'queued']);
    expect(runs[0]!.params.start?.scans.map(({ name, role }) => [name, role])).toEqual([
      ['good.ply', 'train'],
    ]);
    runs[0]!.say({ kind: 'begun', stepsDone: 0, history: [] });
    runs[0]!.say({ kind: 'step', report: REPORT, ...PACE });
    runs[0]!.say({ kind: 'validation', report: { step: 1, pointAuroc: 0.9, objectAuroc: null }, best: true });
    expect(training().runs[0]).toMatchObject({ stepsDone: 1, history: [REPORT], pace: { eta: 1 } });
    engine.answers.listModels = () => [MODEL];
    runs[0]!.end({ model: MODEL, unsaved: null });
    await settle();
    expect(training().runs.map(({ status }) => status.kind)).toEqual(['done', 'running']);
    expect(training().models).toEqual([MODEL]);
    expect(runs[1]!.params.start?.setup.name).toBe('second');
  });

  it('fitted good scans that the browser keeps are listed with the models, and can be deleted', async () => {
    const { commands, engine, settle, training } = await trainStudio();
    const kept = { id: 'aa', good: ['good.ply'], detector: 'residual', bytes: 5, created: 1 };
    let held = [kept];
    engine.answers.listReferences = () => held;
    engine.answers.deleteReference = () => {
      held = [];
      return null;
    };
    commands.setTrainingTab('models');
    await settle();
    expect(training()).toMatchObject({ tab: 'models', references: [kept] });
    await commands.deleteReference('aa');
    expect(training().references).toEqual([]);
  });

  it('a run that was cancelled frees the way for the next one; a waiting one just goes', async () => {
    const { commands, runs, settle, training, store } = await trainStudio();
    for (let i = 0; i < 3; i++) commands.startTraining();
    await settle();
    const [first, second] = training().runs;
    await commands.cancelRun(second!.id);
    await commands.cancelRun(first!.id);
    await settle();
    expect(training().runs.map(({ status }) => status.kind)).toEqual(['cancelled', 'cancelled', 'running']);
    expect(runs).toHaveLength(2);
    expect(store.getState().notices).toEqual([]);
    commands.forgetRun(first!.id);
    expect(training().runs).toHaveLength(2);
  });

  it('goes on by itself in a new engine after the GPU was lost, from what was kept', async () => {
    const { commands, engine, runs, settle, training } = await trainStudio();
    commands.startTraining();
    await settle();
    runs[0]!.say({ kind: 'stage', stage: 'Preparing', fraction: 0 });
    const lost: ErrorValue = { kind: 'device-lost', where: 'GPU', message: 'driver reset' };
    runs[0]!.fail(lost);
    await settle();
    expect(training().runs[0]?.status.kind).toBe('waiting');
    engine.lose(lost);
    await settle();
    expect(runs).toHaveLength(2);
    expect(runs[1]!.params).toMatchObject({ runId: runs[0]!.params.runId, start: null });
  });

  it('gives up on a run whose engine is lost again and again, and keeps it', async () => {
    const { commands, engine, runs, settle, training, store } = await trainStudio();
    commands.startTraining();
    await settle();
    const lost: ErrorValue = { kind: 'device-lost', where: 'GPU', message: 'driver reset' };
    for (let i = 0; i < 3; i++) {
      runs[i]!.fail(lost);
      engine.lose(lost);
      await settle();
    }
    expect(training().runs[0]?.status.kind).toBe('failed');
    expect(store.getState().notices.some(({ next }) => next.includes('go on with the run'))).toBe(true);
    commands.goOnWithRun(training().runs[0]!.id);
    await settle();
    expect(runs).toHaveLength(4);
  });

  it('finds the runs of an earlier visit and goes on when the user says so', async () => {
    const setup = setupOf((await trainStudio()).store.getState());
    const record: RunRecord = {
      id: 'run-1',
      setup,
      scans: [{ name: 'good.ply', role: 'train' }],
      init: null,
      preview: null,
      created: 1,
      step: 40,
      validations: [],
    };
    const { store, commands, runs, settle, training } = await trainStudio({ runs: [record] });
    expect(training().runs).toMatchObject([{ id: 'run-1', status: { kind: 'interrupted' }, stepsDone: 40 }]);
    expect(runs).toEqual([]);
    const notice = store.getState().notices.find(({ title }) => title.includes('interrupted'))!;
    expect(notice.cause).toContain('step 40 of 300');
    commands.actOnNotice(notice.id);
    await settle();
    expect(runs[0]!.params).toEqual({ runId: 'run-1', start: null });
  });

  it('a model that found no room is handed over as a file', async () => {
    const { commands, runs, settle, saved, store } = await trainStudio();
    commands.startTraining();
    await settle();
    runs[0]!.end({ model: MODEL, unsaved: new ArrayBuffer(3) });
    await settle();
    expect([...saved.keys()]).toEqual(['flange.safetensors']);
    expect(store.getState().notices.at(-1)?.next).toContain('saved as a file');
  });
});

describe('the library in the page', () => {
  it('a trained model is one of those that Inspect can score with', async () => {
    const { commands, engine, settle, store } = await trainStudio();
    engine.answers.listModels = () => [MODEL];
    engine.answers.importModel = () => MODEL;
    engine.answers.openModel = () => MODEL.summary;
    await commands.importModels([file('flange.safetensors')]);
    await commands.chooseModel('abc123');
    await settle();
    expect(store.getState().model).toMatchObject({
      phase: 'ready',
      entry: { libraryId: 'abc123', note: 'Trained in this browser (quick).' },
    });
  });

  it('a model that comes with the page can be started from: it is taken into the library first', async () => {
    const { commands, engine, training } = await trainStudio();
    let taken = '';
    engine.answers.importModel = (params) => {
      taken = (params as EngineCalls['importModel']['params']).name; // the call is `importModel`
      return MODEL;
    };
    engine.answers.listModels = () => [MODEL];
    await commands.fineTuneBundled('flange');
    expect(taken).toBe('flange.safetensors');
    expect(training().draft).toMatchObject({
      base: { kind: 'library', id: 'abc123' },
      recipe: { arch: null },
    });
  });

  it('an import that is no model is refused by name, the others are taken', async () => {
    const { commands, engine, store } = await trainStudio();
    engine.answers.importModel = (params) => {
      const { name } = params as EngineCalls['importModel']['params']; // the call is `importModel`
      if (name === 'cat.png')
        throw { kind: 'format', where: name, message: 'is no model' } satisfies ErrorValue;
      return MODEL;
    };
    await commands.importModels([file('cat.png'), file('ok.pth')]);
    expect(store.getState().notices).toMatchObject([
      { title: 'Import of “cat.png” failed', cause: 'is no model' },
    ]);
    expect(store.getState().log.some(({ text }) => text.includes('imported'))).toBe(true);
  });
});
