import { describe, expect, it, vi } from 'vitest';
import type { ErrorValue } from '../core/errors.ts';
import { connectEngine, type EnginePort } from './client.ts';
import type { EngineEvent, EngineRequest, ParsedScan } from './protocol.ts';

/** A worker that records what it is sent and says what the test wants. */
class FakePort implements EnginePort {
  readonly sent: { request: EngineRequest; transfer: Transferable[] }[] = [];
  closed = false;
  say: (event: EngineEvent) => void = () => {};
  crash: (why: string) => void = () => {};
  post(request: EngineRequest, transfer: Transferable[]): void {
    this.sent.push({ request, transfer });
  }
  listen(onEvent: (event: EngineEvent) => void, onCrash: (why: string) => void): void {
    this.say = onEvent;
    this.crash = onCrash;
  }
  close(): void {
    this.closed = true;
  }
}

const INFO = { backend: 'wasm', adapter: 'wasm SIMD, 1 thread', software: true, note: 'no WebGPU' } as const;

function connected() {
  const port = new FakePort();
  return { port, client: connectEngine(port) };
}

describe('engine client', () => {
  it('gives each of two overlapping calls its own answer, whatever the order', async () => {
    const { port, client } = connected();
    const first = client.call('start', { backend: 'auto' });
    const second = client.call('memory', {});
    const memory = { gpuBuffers: 1, gpuBytes: 2, tensors: 3, tensorBytes: 4 };
    port.say({ kind: 'result', id: 2, result: memory });
    port.say({ kind: 'result', id: 1, result: INFO });
    expect(await first).toEqual({ ok: true, value: INFO });
    expect(await second).toEqual({ ok: true, value: memory });
  });

  it('moves file bytes into the worker but keeps a cloud that the page still shows', () => {
    const { port, client } = connected();
    const bytes = new ArrayBuffer(8);
    void client.call('analyse', { source: { kind: 'file', name: 'a.pcd', bytes }, modelHash: 'h' });
    void client.call('loadModel', { name: 'm', bytes });
    const cloud = {
      id: 'c',
      name: 'c',
      positions: new Float32Array(3),
      origin: [0, 0, 0] as const,
      normals: null,
      colours: null,
      faces: null,
      attributes: {},
    };
    void client.call('analyse', { source: { kind: 'cloud', cloud }, modelHash: 'h' });
    expect(port.sent.map((s) => s.transfer)).toEqual([[bytes], [bytes], []]);
  });

  it('passes progress and the early cloud to the call they belong to', async () => {
    const { port, client } = connected();
    const onProgress = vi.fn();
    const onCloud = vi.fn();
    const other = vi.fn();
    void client.call('memory', {}, { onProgress: other });
    void client.call(
      'parse',
      { source: { kind: 'file', name: 'a', bytes: new ArrayBuffer(1) } },
      { onProgress, onCloud },
    );
    const progress = { stage: 'Reading', fraction: 0.5 };
    // The client hands the scan through untouched, so an empty stand-in is enough here.
    const scan = {} as ParsedScan;
    port.say({ kind: 'progress', id: 2, progress });
    port.say({ kind: 'cloud', id: 2, scan });
    expect(onProgress).toHaveBeenCalledExactlyOnceWith(progress);
    expect(onCloud).toHaveBeenCalledExactlyOnceWith(scan);
    expect(other).not.toHaveBeenCalled();
  });

  it('hands an error value on with its place', async () => {
    const { port, client } = connected();
    const call = client.call('start', { backend: 'webgpu' });
    const error: ErrorValue = { kind: 'no-webgpu', where: 'navigator.gpu', message: 'not there' };
    port.say({ kind: 'error', id: 1, error });
    expect(await call).toEqual({ ok: false, error });
  });

  it('answers a cancel at once, tells the worker, and ignores what comes late', async () => {
    const { port, client } = connected();
    const stop = new AbortController();
    const call = client.call('start', { backend: 'auto' }, { signal: stop.signal });
    stop.abort();
    expect(await call).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(port.sent.at(-1)?.request).toEqual({ kind: 'cancel', id: 1 });
    port.say({ kind: 'result', id: 1, result: INFO });
    const late = await client.call('start', { backend: 'auto' }, { signal: stop.signal });
    expect(late).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
    expect(port.sent).toHaveLength(2);
  });

  it('fails calls under way and later ones when the worker dies, and says so once', async () => {
    const { port, client } = connected();
    const lost = vi.fn();
    client.onLost(lost);
    const call = client.call('memory', {});
    port.crash('out of memory');
    port.crash('again');
    expect(await call).toMatchObject({ ok: false, error: { message: 'out of memory' } });
    expect(await client.call('memory', {})).toMatchObject({ ok: false });
    expect(lost).toHaveBeenCalledOnce();
  });

  it('reports a lost device while the worker lives on', async () => {
    const { port, client } = connected();
    const lost = vi.fn();
    client.onLost(lost);
    const error: ErrorValue = { kind: 'device-lost', where: 'GPU', message: 'driver reset' };
    port.say({ kind: 'device-lost', error });
    expect(lost).toHaveBeenCalledExactlyOnceWith(error);
    const call = client.call('start', { backend: 'wasm' });
    port.say({ kind: 'result', id: 1, result: INFO });
    expect(await call).toEqual({ ok: true, value: INFO });
  });

  it('resolves everything when the page closes the engine', async () => {
    const { port, client } = connected();
    const call = client.call('memory', {});
    client.close();
    expect(port.closed).toBe(true);
    expect(await call).toMatchObject({ ok: false, error: { kind: 'cancelled' } });
  });

  it('turns a message that cannot be cloned into an error value instead of a hanging call', async () => {
    const port = new FakePort();
    port.post = () => {
      throw new Error('could not be cloned');
    };
    expect(await connectEngine(port).call('memory', {})).toMatchObject({
      ok: false,
      error: { message: 'could not be cloned' },
    });
  });
});
