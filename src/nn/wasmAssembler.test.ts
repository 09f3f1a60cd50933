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
  const memory = new WebAssembly.Memory({ initial: 160 });
  const f32 = new Float32Array(memory.buffer);
  f32.set(floats);
  return { memory, f32 };
}

test.each([0, 63, 64, 127, 128, 8191, 8192, 65535, 65536, 2 ** 20, 2 ** 21 - 16])(
  'the constant %i survives its encoding',
  async (value) => {
    const { memory, f32 } = newMemory([1, 2, 3, 4]);
    // Seen as an address: a whole multiple of a float's size is where the value goes.
    await run([], () => v128.store(i32.const(4 * value), v128.load(i32.const(0))), memory);
    expect([...f32.slice(value, value + 4)]).toEqual([1, 2, 3, 4]);
  },
);

test.each([-1, -4, -16, -64, -65, -8192, -8193, -(2 ** 20)])(
  'the mask %i survives its encoding',
  async (mask) => {
    const { memory, f32 } = newMemory([1, 2, 3, 4]);
    const address = 4 * (2 ** 20 + 12345);
    await run(
      ['at'],
      ({ at }) => v128.store(i32.and(at, i32.const(mask)), v128.load(i32.const(0))),
      memory,
      address,
    );
    const bytes = new Uint8Array(memory.buffer).slice(address & mask, (address & mask) + 16);
    expect([...new Float32Array(bytes.buffer)]).toEqual([...f32.slice(0, 4)]);
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

  test('as doubles, low and high half', async () => {
    const { memory } = newMemory([1e8, -2, 0.1, 3, 1, 4, -5, 7]);
    const [x, y] = [v128.load(i32.const(0)), v128.load(i32.const(16))];
    const store = (at: number, value: Code) => v128.store(i32.const(at), value);
    const body = block(
      store(32, f64x2.add(f64x2.low(x), f64x2.low(y))),
      store(48, f64x2.sub(f64x2.high(x), f64x2.high(y))),
      store(64, f64x2.mul(f64x2.high(x), f64x2.high(y))),
    );
    await run([], () => body, memory);
    const tenth = Math.fround(0.1);
    // 1e8 + 1 has no float32: the sum was made in float64.
    const expected = [1e8 + 1, 2, tenth + 5, -4, -5 * tenth, 21];
    expect([...new Float64Array(memory.buffer, 32, 6)]).toEqual(expected);
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
  [64, 128, 16, 4],
  [64, 65, 16, 1],
  [64, 64, 16, 0],
  [80, 64, 16, 0],
  [64, 100, 16, 3],
])('while %i is below %i, by %i: %i turns', async (from, to, step, turns) => {
  const { memory, f32 } = newMemory([1, 1, 1, 1]);
  // Each turn marks the memory at its counter.
  await run(
    ['from', 'to', 'step'],
    (p, locals) => {
      const { i } = locals.i32('i');
      return block(assign(i, p.from), whileBelow(i, p.to, p.step, v128.store(i, v128.load(i32.const(0)))));
    },
    memory,
    from,
    to,
    step,
  );
  const marked = f32.subarray(4, 64).reduce((sum, value) => sum + value, 0);
  expect(marked).toBe(4 * turns);
});

test('a loop may move its counter itself', async () => {
  const { memory, f32 } = newMemory([1, 1, 1, 1]);
  const mark = (i: Local) =>
    block(v128.store(i, v128.load(i32.const(0))), assign(i, i32.add(i, i32.const(32))));
  await run(
    ['end'],
    ({ end }, locals) => {
      const { i } = locals.i32('i');
      return block(assign(i, i32.const(32)), whileBelow(i, end, null, mark(i)));
    },
    memory,
    96,
  );
  expect([8, 12, 16, 20, 24].map((at) => f32[at])).toEqual([1, 0, 1, 0, 0]);
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
