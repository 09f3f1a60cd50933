/**
 * The page's side of the engine: typed calls to the worker, progress, cancellation, errors as values.
 * This file is the one door for `new Worker`.
 */

import { type ErrorValue, toErrorValue } from '../core/errors.ts';
import type {
  CallHooks,
  EngineCalls,
  EngineEvent,
  EngineMethod,
  EngineRequest,
  ScanSource,
  TrainingStart,
} from './protocol.ts';

export type EngineResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ErrorValue };

/** What the client needs of a worker; tests put a fake one here. */
export interface EnginePort {
  post(request: EngineRequest, transfer: Transferable[]): void;
  /** Called once, before the first `post`. `onCrash` means: no answer will ever come again. */
  listen(onEvent: (event: EngineEvent) => void, onCrash: (why: string) => void): void;
  close(): void;
}

export interface EngineClient {
  /**
   * Never rejects. Buffers of a `file` source and of a model are transferred: the caller's copy is empty
   * afterwards. A fired signal resolves at once with kind `cancelled`; a late answer is dropped.
   */
  call<M extends EngineMethod>(
    method: M,
    params: EngineCalls[M]['params'],
    hooks?: CallHooks,
  ): Promise<EngineResult<EngineCalls[M]['result']>>;
  /** @param listener told once when the GPU device or the whole worker went away */
  onLost(listener: (error: ErrorValue) => void): void;
  /** Ends the worker; calls under way resolve with `cancelled`. */
  close(): void;
}

interface Pending {
  readonly hooks: CallHooks;
  readonly settle: (result: EngineResult<unknown>) => void;
}

const CANCELLED: ErrorValue = { kind: 'cancelled', where: '', message: 'cancelled' };

/** Starts the engine worker. */
export function startEngineWorker(): EnginePort {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    listen(onEvent, onCrash) {
      worker.onmessage = (message: MessageEvent<EngineEvent>) => onEvent(message.data);
      // A worker script that cannot be loaded fires an error event without a message.
      worker.onerror = (event) => onCrash(event.message || 'the engine worker could not be loaded');
      worker.onmessageerror = () => onCrash('a message of the engine worker could not be read');
    },
    close: () => worker.terminate(),
  };
}

/** Buffers that move to the worker instead of being copied. */
function transferables(params: EngineCalls[EngineMethod]['params']): Transferable[] {
  if ('bytes' in params) return [params.bytes];
  if ('start' in params && params.start !== null) return startBuffers(params.start);
  const source: ScanSource | undefined = 'source' in params ? params.source : undefined;
  // A parsed cloud is still shown by the page, so it is copied.
  return source?.kind === 'file' ? [source.bytes] : [];
}

function startBuffers({ scans, init, preview }: TrainingStart): Transferable[] {
  const files = [...scans, ...(init?.kind === 'file' ? [init] : []), ...(preview === null ? [] : [preview])];
  // The same file may be learned from and shown; a buffer can be handed over once.
  return [...new Set(files.map(({ bytes }) => bytes))];
}

/** @returns a client over the port; one port serves one client */
export function connectEngine(port: EnginePort): EngineClient {
  return new Connection(port);
}

class Connection implements EngineClient {
  private readonly port: EnginePort;
  private readonly pending = new Map<number, Pending>();
  private readonly lostListeners: ((error: ErrorValue) => void)[] = [];
  private lastId = 0;
  /** Why nothing can be called any more; null while the worker lives. */
  private gone: ErrorValue | null = null;

  constructor(port: EnginePort) {
    this.port = port;
    port.listen(
      (event) => this.dispatch(event),
      (why) => this.crashed({ kind: 'internal', where: 'engine worker', message: why }),
    );
  }

  call<M extends EngineMethod>(
    method: M,
    params: EngineCalls[M]['params'],
    hooks: CallHooks = {},
  ): Promise<EngineResult<EngineCalls[M]['result']>> {
    if (this.gone !== null) return Promise.resolve({ ok: false, error: this.gone });
    if (hooks.signal?.aborted) return Promise.resolve({ ok: false, error: CANCELLED });
    const id = ++this.lastId;
    return new Promise((resolve) => {
      const onAbort = () => {
        this.port.post({ kind: 'cancel', id }, []);
        settle({ ok: false, error: CANCELLED });
      };
      const settle = (result: EngineResult<unknown>) => {
        this.pending.delete(id);
        hooks.signal?.removeEventListener('abort', onAbort);
        // The protocol ties the result of an id to the method it was called with.
        resolve(result as EngineResult<EngineCalls[M]['result']>);
      };
      this.pending.set(id, { hooks, settle });
      hooks.signal?.addEventListener('abort', onAbort);
      try {
        // Method and params belong together by this function's own signature.
        this.port.post({ kind: 'call', id, method, params } as EngineRequest, transferables(params));
      } catch (error) {
        settle({ ok: false, error: toErrorValue(error) });
      }
    });
  }

  onLost(listener: (error: ErrorValue) => void): void {
    this.lostListeners.push(listener);
  }

  close(): void {
    if (this.gone === null) this.failAll(CANCELLED);
    this.port.close();
  }

  private dispatch(event: EngineEvent): void {
    switch (event.kind) {
      case 'progress':
        this.pending.get(event.id)?.hooks.onProgress?.(event.progress);
        break;
      case 'cloud':
        this.pending.get(event.id)?.hooks.onCloud?.(event.scan);
        break;
      case 'training':
        this.pending.get(event.id)?.hooks.onTraining?.(event.event);
        break;
      case 'result':
        this.pending.get(event.id)?.settle({ ok: true, value: event.result });
        break;
      case 'error':
        this.pending.get(event.id)?.settle({ ok: false, error: event.error });
        break;
      case 'device-lost':
        this.tellLost(event.error);
        break;
      default:
        event satisfies never;
    }
  }

  private crashed(error: ErrorValue): void {
    if (this.gone !== null) return;
    this.failAll(error);
    this.tellLost(error);
  }

  private failAll(error: ErrorValue): void {
    this.gone = error;
    for (const call of [...this.pending.values()]) call.settle({ ok: false, error });
  }

  private tellLost(error: ErrorValue): void {
    for (const tell of this.lostListeners) tell(error);
  }
}
