/** The engine in this process: Dawn for WebGPU, the wasm backend from node_modules. */

import type { Analysis, BackendName, MeshUse, ModelSummary } from '../engine/protocol.ts';
import { Session } from '../engine/session.ts';
import { nodeGpu } from '../gpu/nodeGpu.ts';
import type { ScanFile } from '../io/report.ts';
import { readBytes, readScanFile } from './files.ts';
import { nodeLazDecoder } from './lazDecoder.ts';
import type { Terminal } from './terminal.ts';

/** @throws NoWebGpuError when WebGPU was asked for by name and is not there */
export async function openSession(backend: BackendName | 'auto'): Promise<Session> {
  return Session.open({ backend, gpu: nodeGpu, lazDecoder: nodeLazDecoder });
}

/** The same, and says on stderr when it is not a GPU that computes. */
export async function openSessionFor(backend: BackendName | 'auto', terminal: Terminal): Promise<Session> {
  const session = await openSession(backend);
  if (session.info.software) terminal.note(session.info.note);
  return session;
}

/** @throws FormatError, ModelMismatchError, InvalidInputError */
export async function loadModelFile(session: Session, file: string): Promise<ModelSummary> {
  const bytes = await readBytes(file);
  return session.loadModel(file, bytes.buffer);
}

export interface Inspection {
  readonly scan: ScanFile;
  readonly analysis: Analysis;
}

/** Reads and analyses one file; `timings.parse` is the reading here, outside the session. */
export async function inspectFile(
  file: string,
  session: Session,
  model: ModelSummary,
  terminal: Terminal,
  mesh: MeshUse,
): Promise<Inspection> {
  const started = performance.now();
  const scan = await readScanFile(file, terminal, mesh);
  const parse = performance.now() - started;
  const analysis = await session.analyse({ kind: 'cloud', cloud: scan.cloud }, model.hash, {
    signal: terminal.signal,
    onProgress: (progress) => terminal.progress(file, progress),
  });
  const timings = { ...analysis.timings, parse, total: performance.now() - started };
  return { scan, analysis: { ...analysis, timings } };
}
