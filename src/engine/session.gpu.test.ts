import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { InvalidInputError, ModelMismatchError } from '../core/errors.ts';
import { initialiseWeights } from '../core/initWeights.ts';
import { architecture } from '../core/modelConfig.ts';
import { RandomStream } from '../core/random.ts';
import type { PointCloud } from '../core/types.ts';
import { openGpu } from '../gpu/device.ts';
import { nodeGpu } from '../gpu/nodeGpu.ts';
import { writeModelFile } from '../io/modelFile.ts';
import type { BackendName } from './protocol.ts';
import { Session } from './session.ts';

/** A bumpy sphere far from the origin, in millimetres. */
function part(points: number, seed = 1): PointCloud {
  const stream = new RandomStream(seed);
  const positions = new Float32Array(3 * points);
  for (let i = 0; i < points; i++) {
    const [x, y, z] = [stream.normal(), stream.normal(), stream.normal()];
    const r = (40 + 4 * Math.sin(3 * x)) / Math.hypot(x, y, z);
    positions.set([100 + r * x, r * y, r * z], 3 * i);
  }
  const bare = { normals: null, colours: null, faces: null, attributes: {} };
  return { id: `part-${seed}`, name: 'part', positions, origin: [0, 0, 0], ...bare };
}

function modelBytes(inputs: 'xyz' | 'reference' = 'xyz'): ArrayBuffer {
  const arch = { ...architecture('demo'), inChannels: inputs === 'xyz' ? 3 : 12 };
  const config = {
    name: 'test',
    arch,
    inputs,
    voxelSize: 0.06,
    preset: 'paper',
    scoreNorm: 'l2',
  } as const;
  const state = initialiseWeights(arch, 5);
  const calibration = { pointThreshold: 0.02, objectThreshold: 1e6, how: 'by hand' };
  return writeModelFile({ config, state, calibration, provenance: { steps: 0 } }).buffer;
}

describe.each(['webgpu', 'wasm'] as const)('%s', (backend: BackendName) => {
  let session: Session;
  let hash: string;
  beforeAll(async () => {
    session = await Session.open({ backend, gpu: nodeGpu });
    hash = (await session.loadModel('test.safetensors', modelBytes())).hash;
  });
  afterAll(() => session.dispose());

  test('a scan becomes an anomaly map with verdict, voxels and timings, whatever its pose and unit', async () => {
    const cloud = part(1500);
    const stages: string[] = [];
    const analysis = await session.analyse({ kind: 'cloud', cloud }, hash, {
      onProgress: ({ stage }) => stages.push(stage),
    });
    expect(analysis.map.score).toHaveLength(1500);
    expect(analysis.map.score.every(Number.isFinite)).toBe(true);
    expect(analysis.map.objectScore).toBeGreaterThan(0);
    expect(analysis.voxels).toHaveLength(5);
    expect(analysis.verdict).toBe('ok');
    expect(analysis.backend).toBe(backend);
    expect(stages.length).toBeGreaterThan(1);
    const metres = { ...cloud, positions: cloud.positions.map((x) => x / 1024) };
    const again = await session.analyse({ kind: 'cloud', cloud: metres }, hash);
    expect(again.map.offsets).toEqual(analysis.map.offsets);
    expect(again.frame.radius).toBeCloseTo(analysis.frame.radius / 1024, 6);
  });

  test('what cannot be analysed is refused with the reason, and the next scan works', async () => {
    const none = { ...part(1), positions: new Float32Array(0) };
    const same = { ...part(9), positions: new Float32Array(27).fill(3) };
    for (const cloud of [none, part(1), same])
      await expect(session.analyse({ kind: 'cloud', cloud }, hash)).rejects.toThrow(InvalidInputError);
    await expect(session.analyse({ kind: 'cloud', cloud: part(300) }, 'nope')).rejects.toThrow(
      /no model nope/,
    );
    const conditioned = await session.loadModel('reference.safetensors', modelBytes('reference'));
    await expect(session.analyse({ kind: 'cloud', cloud: part(300) }, conditioned.hash)).rejects.toThrow(
      ModelMismatchError,
    );
    session.unloadModel(conditioned.hash);
    const two = { ...part(2), positions: Float32Array.of(0, 0, 0, 1, 0, 0) };
    const tiny = await session.analyse({ kind: 'cloud', cloud: two }, hash);
    expect(tiny.map.score).toHaveLength(2);
  });

  test('a cancelled analysis stops and leaves nothing behind', async () => {
    await session.analyse({ kind: 'cloud', cloud: part(800) }, hash);
    const before = session.memory();
    const controller = new AbortController();
    const running = session.analyse({ kind: 'cloud', cloud: part(800) }, hash, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(running).rejects.toThrow('cancelled');
    expect(session.memory().tensors).toBe(before.tensors);
    expect(session.memory().gpuBuffers).toBe(before.gpuBuffers);
  });

  test('memory after forty scans of different sizes is what it was after ten', async () => {
    const scan = (i: number) => session.analyse({ kind: 'cloud', cloud: part(300 + 37 * (i % 10), i) }, hash);
    for (let i = 0; i < 10; i++) await scan(i);
    const before = session.memory();
    for (let i = 10; i < 40; i++) await scan(i);
    const after = session.memory();
    expect(after.tensors).toBe(before.tensors);
    expect(after.gpuBuffers).toBe(before.gpuBuffers);
    expect(after.gpuBytes).toBeLessThanOrEqual(1.1 * before.gpuBytes);
  });
});

test('WebGPU and wasm agree on every offset', async () => {
  const cloud = part(1200, 3);
  const maps = [];
  for (const backend of ['webgpu', 'wasm'] as const) {
    const session = await Session.open({ backend, gpu: nodeGpu });
    const { hash } = await session.loadModel('test.safetensors', modelBytes());
    maps.push((await session.analyse({ kind: 'cloud', cloud }, hash)).map);
    session.dispose();
  }
  const [a, b] = maps as [(typeof maps)[0], (typeof maps)[0]];
  const scale = a.offsets.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  a.offsets.forEach((v, i) => {
    expect(Math.abs(v - b.offsets[i]!)).toBeLessThan(2e-5 * scale);
  });
});

test('a software adapter is left alone unless WebGPU is asked for by name, and the note says why', async () => {
  const gpu = await openGpu(await nodeGpu());
  const { software } = gpu.adapter;
  gpu.dispose();
  const session = await Session.open({ backend: 'auto', gpu: nodeGpu });
  const { backend, note } = session.info;
  session.dispose();
  expect(backend).toBe(software ? 'wasm' : 'webgpu');
  expect(note).toMatch(
    software ? /WebGPU here is a software adapter, .+ slower than WebAssembly/ : /your GPU/,
  );
});

test('without an adapter the session falls back to wasm and says so; asking for WebGPU by name is an error', async () => {
  const none = async () => undefined;
  const session = await Session.open({ backend: 'auto', gpu: none });
  expect(session.info).toMatchObject({ backend: 'wasm', software: true });
  expect(session.info.note).toContain('no WebGPU');
  session.dispose();
  await expect(Session.open({ backend: 'webgpu', gpu: none })).rejects.toThrow(/no WebGPU/);
});
