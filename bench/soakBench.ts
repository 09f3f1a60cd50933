/**
 * Many inspections in one process: whether GPU buffers, tensors and the heap are, after the last one, what they
 * were after the tenth. Scans of ten sizes in turn, so that whatever is kept per size is there after ten.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { initialiseWeights } from '../src/core/initWeights.ts';
import { architecture } from '../src/core/modelConfig.ts';
import type { EngineMemory } from '../src/engine/protocol.ts';
import { Session } from '../src/engine/session.ts';
import { nodeGpu } from '../src/gpu/nodeGpu.ts';
import { writeModelFile } from '../src/io/modelFile.ts';
import { wavySphere } from './clouds.ts';
import { round } from './timing.ts';

/** Everything is there once each size was met. */
const SETTLED = 10;

interface Footprint extends EngineMemory {
  /** JavaScript objects and buffers after a collection, MB. */
  readonly heapMegabytes: number;
}

export interface SoakResult {
  readonly what: 'soak';
  readonly backend: 'webgpu' | 'wasm';
  readonly inspections: number;
  readonly afterTen: Footprint;
  readonly afterAll: Footprint;
  /** Mean of one inspection, ms. */
  readonly each: number;
}

function collector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void; // V8's own, there because of the flag
}

/** @param inspections more than 10 */
export async function benchSoak(backend: 'webgpu' | 'wasm', inspections: number): Promise<SoakResult> {
  const collect = collector();
  const session = await Session.open({ backend, gpu: nodeGpu });
  const arch = architecture('demo');
  const config = {
    name: 'soak',
    arch,
    inputs: 'xyz',
    voxelSize: 0.06,
    preset: 'paper',
    scoreNorm: 'l2',
  } as const;
  const calibration = { pointThreshold: 0.02, objectThreshold: 1, how: 'by hand' };
  const state = initialiseWeights(arch, 5);
  const model = writeModelFile({ config, state, calibration, provenance: { steps: 0 } });
  const { hash } = await session.loadModel('soak.safetensors', model.buffer);
  const footprint = (): Footprint => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return { ...session.memory(), heapMegabytes: round((heapUsed + arrayBuffers) / 1e6) };
  };
  const bare = { normals: null, colours: null, faces: null, attributes: {} };
  const inspect = (i: number) => {
    const positions = wavySphere(300 + 37 * (i % SETTLED));
    const cloud = { id: `soak-${i}`, name: 'soak', positions, origin: [0, 0, 0] as const, ...bare };
    return session.analyse({ kind: 'cloud', cloud }, hash);
  };
  for (let i = 0; i < SETTLED; i++) await inspect(i);
  const afterTen = footprint();
  const start = performance.now();
  for (let i = SETTLED; i < inspections; i++) await inspect(i);
  const each = round((performance.now() - start) / (inspections - SETTLED));
  const afterAll = footprint();
  session.dispose();
  return { what: 'soak', backend, inspections, afterTen, afterAll, each };
}
