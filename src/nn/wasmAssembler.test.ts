/** What every CPU kernel rests on: numbers and instructions encoded as the WebAssembly standard says. */

import { describe, expect, test } from 'vitest';
import {
  assign,
  block,
  type Code,
  encodeModule,
  f32x4,
  f64x2,
  i32,
  ifBelow,
  type Local,
  type Locals,
  v128,
  wasmFunction,
  whileBelow,
} from './wasmAssembler.ts';

/** Runs one function over a fresh memory. */
async function run<P extends string>(
  params: readonly P[],
  build: (parameters: Readonly<Record<P, Local>>, locals: Locals) => Code,
  memory: WebAssembly.Memory,
  ...args: number[]
): Promise<void> {
  const bytes = encodeModule([wasmFunction('f', params, build)]);
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  (instance.exports as { f: (...args: number[]) => void }).f(...args);
}

function newMemory(floats: number[] = []): { memory: WebAssembly.Memory; f32: Float32Array } {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const f32 = new Float32Array(memory.buffer);
  f32.set(floats);
  return { memory, f32 };
}

const doubles = (memory: WebAssembly.Memory, at: number, count: number) =>
  new Float64Array(memory.buffer, at, count);

test.each([0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8192, 65535, 2 ** 30, 2 ** 31 - 1, -(2 ** 31)])(
  'the constant %i survives its encoding',
  async (value) => {
    const { memory } = newMemory();
    // A constant is seen through a loop that counts it as float in lane 0: u32 -> f64.
    await run(['at'], ({ at }) => v128.store(at, f64x2.splatU32(i32.const(value))), memory, 0);
    expect(doubles(memory, 0, 1)[0]).toBe(value >>> 0);
  },
);

test('memory offsets beyond 7 and 14 bits', async () => {
  const { memory, f32 } = newMemory();
  f32.fill(0).set([1, 2, 3, 4], 5000);
  await run(['at'], ({ at }) => v128.store(at, v128.load(at, 20000), 160), memory, 0);
  expect([...f32.slice(40, 44)]).toEqual([1, 2, 3, 4]);
});

describe('lanes', () => {
  const a = [1.5, -2, 0.25, Number.NaN];
  const b = [3, 4, -5, 1];
  const apply = async (make: (a: Code, b: Code) => Code): Promise<number[]> => {
    const { memory, f32 } = newMemory([...a, ...b]);
    await run(['at'], ({ at }) => v128.store(at, make(v128.load(at), v128.load(at, 16)), 32), memory, 0);
    return [...f32.slice(8, 12)];
  };
  test.each([
    ['add', f32x4.add, [4.5, 2, -4.75, Number.NaN]],
    ['sub', f32x4.sub, [-1.5, -6, 5.25, Number.NaN]],
    ['mul', f32x4.mul, [4.5, -8, -1.25, Number.NaN]],
    ['max', f32x4.max, [3, 4, 0.25, Number.NaN]],
    ['select', (x: Code, y: Code) => v128.select(x, y, f32x4.gt(x, y)), [3, 4, 0.25, 1]],
    ['and', (x: Code, y: Code) => v128.and(x, f32x4.gt(x, y)), [0, 0, 0.25, 0]],
  ] as const)('%s', async (_name, make, expected) => {
    expect(await apply(make)).toEqual(expected);
  });

  test('to doubles and back, low and high half', async () => {
    const back = (x: Code, y: Code) =>
      f64x2.toF32x4(f64x2.add(f64x2.low(x), f64x2.low(y)), f64x2.mul(f64x2.high(x), f64x2.high(y)));
    expect(await apply(back)).toEqual([4.5, 2, -1.25, Number.NaN]);
  });

  test('loading one float into all lanes, and four floats into one lane each', async () => {
    expect(await apply((_x, y) => f32x4.add(v128.loadSplat(i32.const(4)), y))).toEqual([1, 2, -7, -1]);
    const lanes = [0, 1, 2, 3].reduce<Code>(
      (vector, lane) => v128.loadLane(i32.const(4 * (lane + 3)), vector, lane),
      v128.zero,
    );
    expect(await apply(() => lanes)).toEqual([Number.NaN, 3, 4, -5]);
  });
});

test.each([
  [0, 10, 3, [0, 3, 6, 9]],
  [4, 5, 1, [4]],
  [5, 5, 1, []],
  [7, 5, 1, []],
])('while %i below %i step %i', async (from, to, step, expected) => {
  const { memory } = newMemory();
  // Each turn writes its counter to the next eight bytes.
  await run(
    ['from', 'to', 'step'],
    (p, locals) => {
      const { i, at } = locals.i32('i', 'at');
      const turn = block(v128.store(at, f64x2.splatU32(i)), assign(at, i32.add(at, i32.const(8))));
      return block(assign(i, p.from), whileBelow(i, p.to, p.step, turn));
    },
    memory,
    from,
    to,
    step,
  );
  expect([...doubles(memory, 0, expected.length)]).toEqual(expected);
});

test('if below runs its body exactly then, unsigned', async () => {
  const ran = async (a: number, b: number) => {
    const { memory, f32 } = newMemory([0, 0, 0, 0, 1, 1, 1, 1]);
    await run(
      ['a', 'b'],
      (p) => ifBelow(p.a, p.b, v128.store(i32.const(0), v128.load(i32.const(16)))),
      memory,
      a,
      b,
    );
    return f32[0] === 1;
  };
  expect([await ran(1, 2), await ran(2, 2), await ran(-1, 2)]).toEqual([true, false, false]);
});
