/** The engine in this process: Dawn for WebGPU, the wasm backend from node_modules. */

import type { BackendName } from '../engine/protocol.ts';
import { Session } from '../engine/session.ts';
import { nodeGpu } from '../gpu/nodeGpu.ts';
import type { Terminal } from './terminal.ts';

/** @throws NoWebGpuError when WebGPU was asked for by name and is not there */
export async function openSession(backend: BackendName | 'auto'): Promise<Session> {
  return Session.open({ backend, gpu: nodeGpu });
}

/** The same, and says on stderr when it is not a GPU that computes. */
export async function openSessionFor(backend: BackendName | 'auto', terminal: Terminal): Promise<Session> {
  const session = await openSession(backend);
  if (session.info.software) terminal.note(session.info.note);
  return session;
}
