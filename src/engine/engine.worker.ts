/**
 * The engine in a Web Worker: unpacks a message, calls the session or the workshop, sends the answer back.
 * What computes runs one after the other, between the steps of a training run too; a cancel reaches the
 * running one between its steps.
 */

import { InvalidInputError, throwIfCancelled, toErrorValue } from '../core/errors.ts';
import { originFiles } from '../io/opfs.ts';
import { wasmSimdUrl } from '../nn/wasmFile.ts';
import { ablateFiles, evaluateFiles } from './evaluateFiles.ts';
import { pageLazDecoder } from './lazFile.ts';
import type {
  CallHooks,
  EngineCalls,
  EngineEvent,
  EngineMethod,
  EngineRequest,
  EvaluationCalls,
  LabelCalls,
  ParsedScan,
  ReferenceCalls,
  TrainingCalls,
} from './protocol.ts';
import { ReferenceDesk } from './referenceDesk.ts';
import { Session } from './session.ts';
import { SurfaceDesk } from './surfaceDesk.ts';
import { drawThumbnail } from './thumbnail.ts';
import { Workshop } from './workshop.ts';

type Call = Extract<EngineRequest, { kind: 'call' }>;
type SessionCall = Exclude<
  Call,
  { method: keyof TrainingCalls | keyof EvaluationCalls | keyof LabelCalls | keyof ReferenceCalls }
>;
type Result = EngineCalls[EngineMethod]['result'];

const running = new Map<number, AbortController>();
let session: Session | null = null;
const surfaces = new SurfaceDesk();

const workshop = new Workshop({
  session: current,
  files: originFiles(),
  thumbnail: drawThumbnail,
  now: () => Date.now(),
  alone,
});

const references = new ReferenceDesk({
  session: current,
  lane: workshop.lane,
  files: originFiles(),
  now: () => Date.now(),
});

function post(event: EngineEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer });
}

function alone<T>(name: string, work: () => Promise<T>): Promise<T | null> {
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock === null ? null : work()));
}

/** Buffers that nobody here needs any more: handed over, not copied. */
function transferables(result: Result): Transferable[] {
  if (typeof result !== 'object' || result === null) return [];
  if ('map' in result) return buffersOf(result.map);
  if ('targetOffsets' in result) return [...buffersOf(result), ...buffersOf(result.cloud)];
  if ('cloud' in result) return cloudBuffers(result);
  if ('bytes' in result && result.bytes instanceof ArrayBuffer) return [result.bytes];
  if ('unsaved' in result && result.unsaved !== null) return [result.unsaved];
  return [];
}

function buffersOf(value: object): Transferable[] {
  return Object.values(value).flatMap((entry) =>
    ArrayBuffer.isView(entry) ? [entry.buffer as ArrayBuffer] : [],
  );
}

function cloudBuffers({ cloud }: ParsedScan): Transferable[] {
  return [...buffersOf(cloud), ...buffersOf(cloud.attributes)];
}

function current(): Session {
  if (session === null) throw new InvalidInputError('engine', 'not started');
  return session;
}

async function start(
  backend: EngineCalls['start']['params']['backend'],
): Promise<EngineCalls['start']['result']> {
  session?.dispose();
  references.clear();
  session = null;
  session = await Session.open({
    backend,
    gpu: async () => navigator.gpu,
    wasm: { paths: { simd: wasmSimdUrl } },
    lazDecoder: pageLazDecoder,
    onDeviceLost: (error) => post({ kind: 'device-lost', error: toErrorValue(error) }),
  });
  return session.info;
}

/** Calls that compute with the session, one at a time. */
function compute(call: SessionCall, hooks: CallHooks): Promise<Result> | Result {
  switch (call.method) {
    case 'start':
      return start(call.params.backend);
    case 'parse':
      return current().parse(call.params.source, hooks);
    case 'loadModel':
      return current().loadModel(call.params.name, call.params.bytes);
    case 'analyse':
      return current().analyse(call.params.source, call.params.modelHash, hooks);
    case 'memory':
      return current().memory();
    default:
      return call satisfies never;
  }
}

/** The workshop's own calls take the lane where they need it. */
function perform(call: Call, hooks: CallHooks): Promise<Result> {
  switch (call.method) {
    case 'train':
      return workshop.train(call.params, hooks);
    case 'steer':
      return workshop.steer(call.params);
    case 'watchScan':
      return workshop.watchScan(call.params);
    case 'listRuns':
      return workshop.listRuns();
    case 'dropRun':
      return workshop.dropRun(call.params);
    case 'probe':
      return workshop.probe(call.params, hooks);
    case 'previewDefect':
      return workshop.previewDefect(call.params);
    case 'listModels':
      return workshop.listModels();
    case 'goodScansOf':
      return workshop.goodScansOf(call.params);
    case 'openModel':
      return workshop.openModel(call.params);
    case 'importModel':
      return workshop.importModel(call.params);
    case 'exportModel':
      return workshop.exportModel(call.params);
    case 'renameModel':
      return workshop.renameModel(call.params);
    case 'deleteModel':
      return workshop.deleteModel(call.params);
    case 'fitReference':
      return references.fit(call.params, hooks);
    case 'analyseAgainst':
      return workshop.lane.run(() => references.analyse(call.params, hooks));
    case 'listReferences':
      return references.list();
    case 'deleteReference':
      return references.remove(call.params.id);
    case 'dropReference':
      return Promise.resolve(references.drop(call.params.hash));
    case 'findRegions':
      return workshop.lane.run(() => surfaces.regions(call.params));
    case 'findBoundary':
      return workshop.lane.run(() => surfaces.boundary(call.params));
    case 'selectOnSurface':
      return workshop.lane.run(() => surfaces.select(call.params));
    case 'evaluate':
      return evaluateFiles(call.params, current, workshop.lane, hooks);
    case 'ablate':
      return ablateFiles(call.params, current, workshop.lane, (id) => workshop.openModel({ id }), hooks);
    default:
      return workshop.lane.run(() => {
        throwIfCancelled(hooks.signal, call.method);
        return compute(call, hooks);
      });
  }
}

async function answer(call: Call): Promise<void> {
  const { id } = call;
  const controller = running.get(id)!;
  try {
    const result = await perform(call, {
      signal: controller.signal,
      onProgress: (progress) => post({ kind: 'progress', id, progress }),
      // The session goes on to use the cloud, so this one is copied.
      onCloud: (scan) => post({ kind: 'cloud', id, scan }),
      onTraining: (event) => post({ kind: 'training', id, event }),
    });
    post({ kind: 'result', id, result }, transferables(result));
  } catch (error) {
    post({ kind: 'error', id, error: toErrorValue(error) });
  } finally {
    running.delete(id);
  }
}

self.addEventListener('message', (event: MessageEvent<EngineRequest>) => {
  const request = event.data;
  if (request.kind === 'cancel') {
    running.get(request.id)?.abort();
    return;
  }
  running.set(request.id, new AbortController());
  void answer(request);
});
