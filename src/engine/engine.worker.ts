/**
 * The engine in a Web Worker: unpacks a message, calls the session, sends the answer back. Calls run one
 * after the other; a cancel reaches the running one between its steps.
 */

import { InvalidInputError, throwIfCancelled, toErrorValue } from '../core/errors.ts';
import { wasmSimdUrl } from '../nn/wasmFile.ts';
import type {
  Analysis,
  CallHooks,
  EngineCalls,
  EngineEvent,
  EngineMethod,
  EngineRequest,
  ParsedScan,
} from './protocol.ts';
import { Session } from './session.ts';

type Call = Extract<EngineRequest, { kind: 'call' }>;
type Result = EngineCalls[EngineMethod]['result'];

const running = new Map<number, AbortController>();
let session: Session | null = null;
let queue: Promise<void> = Promise.resolve();

function post(event: EngineEvent, transfer: Transferable[] = []): void {
  self.postMessage(event, { transfer });
}

/** Buffers that nobody here needs any more: handed over, not copied. */
function transferables(result: Result): Transferable[] {
  if ('map' in result) return buffersOf((result as Analysis).map);
  if ('cloud' in result) return cloudBuffers(result as ParsedScan);
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
  session = null;
  session = await Session.open({
    backend,
    gpu: async () => navigator.gpu,
    wasm: { paths: { simd: wasmSimdUrl } },
    onDeviceLost: (error) => post({ kind: 'device-lost', error: toErrorValue(error) }),
  });
  return session.info;
}

function perform(call: Call, hooks: CallHooks): Promise<Result> | Result {
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

async function answer(call: Call): Promise<void> {
  const { id } = call;
  const controller = running.get(id)!;
  try {
    throwIfCancelled(controller.signal, call.method);
    const result = await perform(call, {
      signal: controller.signal,
      onProgress: (progress) => post({ kind: 'progress', id, progress }),
      // The session goes on to use the cloud, so this one is copied.
      onCloud: (scan) => post({ kind: 'cloud', id, scan }),
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
  queue = queue.then(() => answer(request));
});
