/** A seed must mean the same sample in TypeScript and in a kernel. */

import { expect, test } from 'vitest';
import { deriveKey, fmix32, randomU32 } from '../core/random.ts';
import { withDevice } from '../testing/withDevice.ts';
import { readBuffers } from './readback.ts';
import { shaderSource } from './shaders.ts';

const gpu = withDevice();
const EDGES = [0, 1, 2, 0x7fffffff, 0x80000000, 0x9e3779b9, 0xfffffffe, 0xffffffff];
const PAIRS = EDGES.flatMap((a) => EDGES.map((b) => [a, b] as const));

/** The functions have no kernel of their own; this one calls each of them on a table of pairs. */
const CALLER = `
@group(0) @binding(0) var<storage, read> pairs: array<vec2<u32>>;
@group(0) @binding(1) var<storage, read_write> drawn: array<vec4<u32>>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x;
  if (i >= arrayLength(&pairs)) { return; }
  let p = pairs[i];
  let uniform24 = u32(random_uniform(p.x, p.y) * 16777216f);
  drawn[i] = vec4(fmix32(p.x), derive_key(p.x, p.y), random_u32(p.x, p.y), uniform24);
}`;

test('kernels and TypeScript draw the same numbers, also at the ends of u32', async () => {
  const { device } = gpu();
  const pairs = gpu().upload('pairs', Uint32Array.from(PAIRS.flat()));
  const drawn = gpu().buffer('drawn', PAIRS.length * 16);
  const module = device.createShaderModule({ code: `${shaderSource('shared/random')}\n${CALLER}` });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
  gpu().run('draw', (pass) => {
    pass.setPipeline(pipeline);
    const entries = [pairs, drawn].map((buffer, binding) => ({ binding, resource: { buffer } }));
    pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
    pass.dispatchWorkgroups(1);
  });
  const [bytes] = await readBuffers(gpu(), [{ buffer: drawn, bytes: PAIRS.length * 16 }]);
  const expected = PAIRS.flatMap(([a, b]) => {
    const value = randomU32(a, b);
    return [fmix32(a), deriveKey(a, b), value, value >>> 8];
  });
  expect([...new Uint32Array(bytes!)]).toEqual(expected);
  gpu().release(pairs, drawn);
});
