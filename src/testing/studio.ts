/** A studio in a small world for tests: an engine that answers at once, files in memory, no browser. */

import type { ErrorValue } from '../core/errors.ts';
import { architecture } from '../core/modelConfig.ts';
import { OBJECT_RULES } from '../core/objectRule.ts';
import { IDENTITY } from '../core/registration/pose.ts';
import type { PointCloud } from '../core/types.ts';
import type { CategoryReport } from '../detect/report.ts';
import type { EngineClient } from '../engine/client.ts';
import type {
  Alignment,
  Analysis,
  BackendName,
  Calibration,
  CallHooks,
  EngineCalls,
  EngineMethod,
  ReferenceSummary,
  RunRecord,
  ScanSource,
} from '../engine/protocol.ts';
import type { FileStore } from '../io/fileStore.ts';
import { shareClient } from '../share/client.ts';
import { type Commands, createCommands } from '../studio/commands.ts';
import { FIRST_MODE } from '../studio/modes.ts';
import { DEFAULT_PREFERENCES, type Preferences } from '../studio/state.ts';
import { createStudioStore, type WritableStore } from '../studio/store.ts';
import { memoryFiles } from './memoryFiles.ts';

export const CALIBRATION = { pointThreshold: 0.03, objectThreshold: 0.01, how: 'max of 6 good scans' };

export function file(name: string): File {
  return new File([name], name);
}

function cloudOf(name: string, points = 3): PointCloud {
  return {
    id: name,
    name,
    positions: new Float32Array(3 * points).fill(1, 3, 4).fill(1, 7, 8),
    origin: [0, 0, 0],
    normals: null,
    colours: null,
    faces: null,
    attributes: {},
  };
}

function analysisOf(cloudId: string, modelHash: string, calibration: Calibration): Analysis {
  return {
    map: {
      cloudId,
      offsets: new Float32Array(9),
      score: Float32Array.of(0, 0.01, 0.08),
      objectScore: 0.03,
      objectRule: OBJECT_RULES.mean,
      objectFigures: { mean: 0.03, top: 0.08, p99: 0.0786, max: 0.08 },
      threshold: CALIBRATION.pointThreshold,
      modelHash,
    },
    frame: { centre: [0, 0, 0], radius: 40 },
    voxels: [3, 2, 1, 1, 1],
    verdict: 'not-ok',
    calibration,
    alignment: null,
    timings: { parse: 1, voxelise: 1, pyramid: 1, network: 1, total: 4 },
    backend: 'webgpu',
    adapter: 'test',
  };
}

/** Answers the protocol's calls; a file whose name begins with "broken" cannot be read. */
export class FakeEngine {
  readonly calls: EngineMethod[] = [];
  readonly starts: (BackendName | 'auto')[] = [];
  failNextStart: ErrorValue | null = null;
  /** Scores do not come until the call is cancelled or the engine is lost. */
  holdScores = false;
  /** What evaluating a category gives; others fail. */
  reports: Readonly<Record<string, CategoryReport>> = {};
  /** Names of the good scans of every fit. */
  readonly fits: string[][] = [];
  /** What scans are judged with. */
  calibration: Calibration = CALIBRATION;
  /** What a scan lies like on its good scans. */
  alignment: Partial<Alignment> = {};
  /** Thresholds that regions were looked for at. */
  readonly thresholds: number[] = [];
  readonly evaluated: string[] = [];
  readonly evaluatedFiles = new Map<string, readonly string[]>();
  /** This category does not end until the call is cancelled. */
  holdCategory: string | null = null;
  /** Points of a file, 3 where nothing is said. */
  readonly pointsOf = new Map<string, number>();
  /** What the calls of Train mode say; tests put their own in. */
  readonly answers: Partial<Record<EngineMethod, (params: object, hooks: CallHooks) => unknown>> = {
    listRuns: () => [],
    listModels: () => [],
    listReferences: () => [],
  };
  private listeners: ((error: ErrorValue) => void)[] = [];
  private release: (() => void)[] = [];

  lose(error: ErrorValue): void {
    for (const tell of [...this.listeners]) tell(error);
  }

  connect(): EngineClient {
    this.listeners = [];
    const answer = (method: EngineMethod, params: object, hooks: CallHooks) =>
      this.answer(method, params, hooks);
    return {
      async call<M extends EngineMethod>(method: M, params: EngineCalls[M]['params'], hooks: CallHooks = {}) {
        try {
          // The fake's own table below keeps method and result together.
          return { ok: true, value: (await answer(method, params, hooks)) as EngineCalls[M]['result'] };
        } catch (error) {
          return { ok: false, error: error as ErrorValue };
        }
      },
      onLost: (listener) => {
        this.listeners.push(listener);
      },
      close: () => {
        for (const go of this.release.splice(0)) go();
      },
    };
  }

  private async answer(method: EngineMethod, params: object, hooks: CallHooks): Promise<unknown> {
    this.calls.push(method);
    await Promise.resolve();
    if (this.answers[method] !== undefined) return this.answers[method](params, hooks);
    if (method === 'memory') return { gpuBuffers: 1, gpuBytes: 1, tensors: 1, tensorBytes: 1 };
    if ('backend' in params) return this.start(params.backend as BackendName | 'auto');
    if ('leastPoints' in params) return this.regions(params as EngineCalls['findRegions']['params']);
    if ('good' in params) return this.fit(params as EngineCalls['fitReference']['params']);
    if ('category' in params) return this.evaluate(params as EngineCalls['evaluate']['params'], hooks);
    if ('bytes' in params && 'name' in params) return modelOf(String(params.name));
    const { source, modelHash, referenceHash } = params as {
      source: ScanSource;
      modelHash?: string;
      referenceHash?: string;
    };
    const answer = await this.analyse(source, modelHash ?? referenceHash, hooks);
    return referenceHash === undefined ? answer : { ...(answer as Analysis), ...this.laid() };
  }

  private start(backend: BackendName | 'auto') {
    this.starts.push(backend);
    const failure = this.failNextStart;
    this.failNextStart = null;
    if (failure !== null) throw failure;
    return { backend: backend === 'wasm' ? 'wasm' : 'webgpu', adapter: 'test', software: true, note: 'test' };
  }

  private fit({ good, detector }: EngineCalls['fitReference']['params']): ReferenceSummary {
    const names = good.map((source) => (source.kind === 'cloud' ? source.cloud.name : source.name));
    this.fits.push(names);
    return {
      hash: `${detector.name}: ${names.join(' ')}`,
      detector: detector.name,
      members: names.map((name) => ({ name, words: 'fits', used: true })),
      points: 3,
      radius: 50,
      calibration: CALIBRATION,
      notes: [],
    };
  }

  /** Every point above the threshold is a region. */
  private regions({
    score,
    threshold,
  }: EngineCalls['findRegions']['params']): EngineCalls['findRegions']['result'] {
    this.thresholds.push(threshold);
    const rows = [...score.keys()].filter((row) => score[row]! > threshold);
    const regions = rows.map((peak) => ({
      rows: Uint32Array.of(peak),
      peak,
      peakScore: score[peak]!,
      meanScore: score[peak]!,
      centre: [1, 2, 3] as const,
      normal: [0, 0, 1] as const,
      area: 2,
      extent: 1,
      kind: 'bulge' as const,
      signed: score[peak]!,
    }));
    return { regions, signed: score };
  }

  private laid(): Pick<Analysis, 'alignment' | 'verdict'> {
    const alignment: Alignment = {
      verdict: 'aligned',
      overlap: 0.98,
      medianResidual: 0.04,
      inlierRatio: 0.97,
      free: 0,
      determined: true,
      unitFactor: 1,
      mirrored: false,
      unseen: 0,
      pose: IDENTITY,
      ...this.alignment,
    };
    return { alignment, verdict: alignment.verdict === 'aligned' ? 'not-ok' : 'not-aligned' };
  }

  private async evaluate(
    { category, files }: EngineCalls['evaluate']['params'],
    hooks: CallHooks,
  ): Promise<CategoryReport> {
    this.evaluated.push(category.name);
    this.evaluatedFiles.set(category.name, [...files.keys()]);
    hooks.onProgress?.({ stage: category.name, fraction: 0.5 });
    if (this.holdCategory === category.name)
      await new Promise<void>((_, reject) => {
        const cancelled: ErrorValue = { kind: 'cancelled', where: '', message: 'cancelled' };
        hooks.signal?.addEventListener('abort', () => reject(cancelled));
      });
    const report = this.reports[category.name];
    if (report === undefined)
      throw { kind: 'invalid-input', where: category.name, message: 'no good scans' } satisfies ErrorValue;
    return report;
  }

  private async analyse(
    source: ScanSource,
    modelHash: string | undefined,
    hooks: CallHooks,
  ): Promise<unknown> {
    const name = source.kind === 'cloud' ? source.cloud.name : source.name;
    if (name.startsWith('broken'))
      throw { kind: 'format', where: `${name}: line 3`, message: 'bad header' } satisfies ErrorValue;
    const cloud = source.kind === 'cloud' ? source.cloud : cloudOf(name, this.pointsOf.get(name));
    const report = {
      format: 'ply',
      points: cloud.positions.length / 3,
      faces: 0,
      skipped: 0,
      nan: 0,
      warnings: [],
    };
    if (modelHash === undefined) return { cloud, report };
    hooks.onCloud?.({ cloud, report });
    hooks.onProgress?.({ stage: 'Network', fraction: 0.5 });
    if (this.holdScores)
      await new Promise<void>((resolve, reject) => {
        this.release.push(resolve);
        const cancelled: ErrorValue = { kind: 'cancelled', where: '', message: 'cancelled' };
        hooks.signal?.addEventListener('abort', () => reject(cancelled));
      });
    return analysisOf(cloud.id, modelHash, this.calibration);
  }
}

function modelOf(name: string): EngineCalls['loadModel']['result'] {
  return {
    hash: name,
    config: {
      name,
      arch: architecture('demo'),
      inputs: 'xyz',
      voxelSize: 0.06,
      preset: 'paper',
      scoreNorm: 'l2',
    },
    parameters: 400_000,
    calibration: CALIBRATION,
    provenance: {},
  };
}

const SAMPLES = {
  open: 'flange-bulge',
  samples: [
    { id: 'flange-good', file: 'good.ply', title: 'Flange, good', part: 'flange', kind: 'good', unit: 'mm' },
    {
      id: 'flange-bulge',
      file: 'bulge.ply',
      title: 'Flange, bulge',
      part: 'flange',
      kind: 'defect',
      defect: 'bulge',
      unit: 'mm',
    },
  ],
};
const MODELS = {
  default: 'flange',
  models: ['flange', 'bracket'].map((id) => ({ id, file: `${id}.safetensors`, title: id, part: id })),
};

const SHARE_BASE = 'https://example.org/studio/';
const noServer: typeof fetch = () => Promise.reject(new TypeError('refused'));

export interface TestStudio {
  readonly store: WritableStore;
  readonly commands: Commands;
  readonly engine: FakeEngine;
  readonly url: { shown: string | null };
  /** Files that were handed to the user. */
  readonly saved: ReadonlyMap<string, Uint8Array>;
  stored(): Preferences;
  forbidStorage(): void;
  /** Until everything asynchronous has run that can run. */
  settle(): Promise<void>;
}

export function studio(
  options: {
    sample?: string;
    backend?: BackendName;
    missing?: readonly string[];
    files?: FileStore;
    runs?: readonly RunRecord[];
    /** Calls of the share API are answered by it; without one there is no server. */
    shareServer?: typeof fetch;
    /** A bundle that another page hands over. */
    handedOver?: Uint8Array<ArrayBuffer>;
  } = {},
): TestStudio {
  const store = createStudioStore();
  const engine = new FakeEngine();
  engine.answers.listRuns = () => options.runs ?? [];
  const url: { shown: string | null } = { shown: null };
  let stored = DEFAULT_PREFERENCES;
  let storageWorks = true;
  let shareList: string | null = null;
  const saved = new Map<string, Uint8Array>();
  const commands = createCommands(store, {
    startEngine: () => engine.connect(),
    async fetchFile(path) {
      if (options.missing?.includes(path))
        return { ok: false, error: { kind: 'format', where: path, message: 'the server answered 404' } };
      const json = path.startsWith('samples/') ? SAMPLES : MODELS;
      return { ok: true, value: new TextEncoder().encode(JSON.stringify(json)).buffer };
    },
    preferences: {
      load: () => stored,
      save(preferences) {
        if (storageWorks) stored = preferences;
        return storageWorks;
      },
    },
    location: {
      sample: () => options.sample ?? null,
      mode: () => FIRST_MODE,
      takeShared: () => options.handedOver !== undefined,
      backend: () => options.backend ?? 'auto',
      showMode: () => undefined,
      showSample: (id) => {
        url.shown = id;
      },
    },
    files: options.files ?? memoryFiles(),
    storage: {
      persist: async () => true,
      estimate: async () => ({ usage: 1e6, quota: 1e9, persistent: true }),
    },
    share: {
      client: shareClient(SHARE_BASE, options.shareServer ?? noServer),
      base: SHARE_BASE,
      list: {
        load: () => shareList,
        save(json) {
          if (storageWorks) shareList = json;
          return storageWorks;
        },
      },
      handover: { receive: async () => options.handedOver ?? null },
    },
    power: { keepAwake: () => () => undefined, watchBattery: () => undefined },
    save: (name, bytes) => void saved.set(name, bytes),
    now: () => 0,
  });
  return {
    store,
    commands,
    engine,
    url,
    saved,
    stored: () => stored,
    forbidStorage: () => {
      storageWorks = false;
    },
    settle: async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    },
  };
}

export async function bootedStudio(options: Parameters<typeof studio>[0] = {}): Promise<TestStudio> {
  const made = studio(options);
  await made.commands.boot();
  await made.settle();
  return made;
}
