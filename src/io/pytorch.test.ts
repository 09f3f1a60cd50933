/** Checkpoints in all their forms, and files that try to do more than hold weights. */

import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { readPyTorch } from './pytorch.ts';

const latin = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const u32 = (n: number): number[] => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, (n >>> 24) & 255];
const text = (s: string): number[] => [0x58, ...u32(s.length), ...latin(s)];
const int = (n: number): number[] => [0x4a, ...u32(n)];
const tuple = (...items: number[][]): number[] => [0x28, ...items.flat(), 0x74];
const global = (module: string, name: string): number[] => [0x63, ...latin(`${module}\n${name}\n`)];
const reduce = (fn: number[], args: number[]): number[] => [...fn, ...args, 0x52];
const dict = (entries: [string, number[]][]): number[] => [
  0x7d,
  0x28,
  ...entries.flatMap(([key, value]) => [...text(key), ...value]),
  0x75,
];
const ordered = (entries: [string, number[]][]): number[] => [
  ...reduce(global('collections', 'OrderedDict'), [0x29]),
  0x28,
  ...entries.flatMap(([key, value]) => [...text(key), ...value]),
  0x75,
];
const pickle = (value: number[]): Uint8Array => Uint8Array.from([0x80, 2, ...value, 0x2e]);

function tensor(
  type: string,
  key: string,
  length: number,
  shape: number[],
  strides: number[],
  offset = 0,
): number[] {
  const id = tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length));
  const args = tuple(
    [...id, 0x51],
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    [0x89],
    reduce(global('collections', 'OrderedDict'), [0x29]),
  );
  return reduce(global('torch._utils', '_rebuild_tensor_v2'), args);
}

function zip(value: number[], storages: Record<string, ArrayBufferView>, level: 0 | 6 = 0): Uint8Array {
  const bytes = (view: ArrayBufferView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const entries = Object.entries(storages).map(
    ([key, view]) => [`archive/data/${key}`, bytes(view)] as const,
  );
  return zipSync({ 'archive/data.pkl': pickle(value), ...Object.fromEntries(entries) }, { level });
}

const floats = Float32Array.of(1, 2, 3, 4, 5, 6);
const simple = tensor('FloatStorage', '0', 6, [2, 3], [3, 1]);

describe('where the state dict is', () => {
  test.each([
    ['bare', ordered([['a', simple]])],
    [
      'under "model"',
      dict([
        ['epoch', int(3)],
        ['model', ordered([['a', simple]])],
        ['optimizer', dict([])],
      ]),
    ],
    ['under "state_dict"', dict([['state_dict', dict([['a', simple]])]])],
    ['with the prefix of data-parallel training', ordered([['module.a', simple]])],
  ])('%s', (_, value) => {
    expect([...readPyTorch('c.pth', zip(value, { 0: floats }))]).toEqual([
      ['a', { shape: [2, 3], data: floats, dtype: 'float32' }],
    ]);
  });

  test('a compressed archive', () => {
    const bytes = zip(ordered([['a', simple]]), { 0: floats }, 6);
    expect(readPyTorch('c.pth', bytes).get('a')!.data).toEqual(floats);
  });
});

test('strides and offsets are honoured', () => {
  const value = ordered([
    ['transposed', tensor('FloatStorage', '0', 6, [3, 2], [1, 3])],
    ['column', tensor('FloatStorage', '0', 6, [2], [3], 1)],
    ['scalar', tensor('FloatStorage', '0', 6, [], [], 5)],
    ['empty', tensor('FloatStorage', '0', 6, [0, 3], [3, 1])],
  ]);
  const tensors = readPyTorch('c.pth', zip(value, { 0: floats }));
  expect(tensors.get('transposed')!.data).toEqual(Float32Array.of(1, 4, 2, 5, 3, 6));
  expect(tensors.get('column')!.data).toEqual(Float32Array.of(2, 5));
  expect(tensors.get('scalar')!.data).toEqual(Float32Array.of(6));
  expect(tensors.get('empty')!.data.length).toBe(0);
});

test.each([
  ['DoubleStorage', Float64Array.of(0.5, -2), 'float64'],
  ['HalfStorage', Uint16Array.of(0x3800, 0xc000), 'float16'],
  ['BFloat16Storage', Uint16Array.of(0x3f00, 0xc000), 'bfloat16'],
])('%s', (storage, data, dtype) => {
  const read = readPyTorch('c.pth', zip(ordered([['a', tensor(storage, '0', 2, [2], [1])]]), { 0: data }));
  expect(read.get('a')).toEqual({ shape: [2], data: Float32Array.of(0.5, -2), dtype });
});

test('int64 counters and parameters wrapped as such', () => {
  const parameter = reduce(
    global('torch._utils', '_rebuild_parameter'),
    tuple(
      tensor('LongStorage', '0', 1, [], []),
      [0x88],
      reduce(global('collections', 'OrderedDict'), [0x29]),
    ),
  );
  const read = readPyTorch('c.pth', zip(ordered([['n', parameter]]), { 0: BigInt64Array.of(1234n) }));
  expect(read.get('n')).toEqual({ shape: [], data: Float32Array.of(1234), dtype: 'int64' });
});

test('the form before zip (torch.save until 1.5)', () => {
  const id = (type: string, key: string, length: number): number[] => [
    ...tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length), [0x4e]),
    0x51,
  ];
  const rebuilt = reduce(
    global('torch._utils', '_rebuild_tensor_v2'),
    tuple(id('FloatStorage', '94', 6), int(0), tuple(int(6)), tuple(int(1)), [0x89], [0x4e]),
  );
  const length = new Uint8Array(BigInt64Array.of(6n).buffer);
  const bytes = Uint8Array.from([
    ...pickle([0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]),
    ...pickle([0x4d, 0xe9, 0x03]),
    ...pickle(dict([['little_endian', [0x88]]])),
    ...pickle(ordered([['a', rebuilt]])),
    ...pickle([0x5d, ...text('94'), 0x61]),
    ...length,
    ...new Uint8Array(floats.buffer),
  ]);
  expect(readPyTorch('c.pth', bytes).get('a')!.data).toEqual(floats);
  expect(() => readPyTorch('c.pth', bytes.subarray(0, bytes.length - 4))).toThrow(
    /cut off within storage 94/,
  );
});

describe('refusals', () => {
  test.each([
    ['os.system', reduce(global('os', 'system'), tuple(text('echo')))],
    ['builtins.eval', reduce(global('builtins', 'eval'), tuple(text('1')))],
    ['numpy.core.multiarray.scalar', global('numpy.core.multiarray', 'scalar')],
  ])('%s is named, never used', (name, value) => {
    const attempt = () => readPyTorch('c.pth', zip(dict([['model', value]]), {}));
    expect(attempt).toThrow(FormatError);
    expect(attempt).toThrow(name);
  });

  test.each([
    ['a view beyond its storage', tensor('FloatStorage', '0', 6, [7], [1]), /does not fit its storage/],
    ['a tensor expanded from one value', tensor('FloatStorage', '0', 6, [1 << 20], [0]), /does not fit/],
    [
      'a storage that is shorter than said',
      tensor('FloatStorage', '0', 600, [600], [1]),
      /24 bytes, 600 values/,
    ],
    ['a storage that is missing', tensor('FloatStorage', '1', 1, [1], [1]), /storage 1|needed/],
    ['an entry that is no tensor', int(5), /entry "a" is no tensor/],
  ])('%s', (_, value, message) => {
    expect(() => readPyTorch('c.pth', zip(ordered([['a', value]]), { 0: floats }))).toThrow(message);
  });

  test('an archive that unpacks to a thousand times its size', () => {
    const bytes = zip(
      ordered([['a', tensor('FloatStorage', '0', 1 << 22, [1 << 22], [1])]]),
      { 0: new Float32Array(1 << 22) },
      6,
    );
    expect(bytes.length).toBeLessThan(1e6);
    expect(() => readPyTorch('c.pth', bytes)).toThrow(/16 times/);
  });

  test('a thousand tensors that share one storage', () => {
    const shared = Array.from({ length: 1000 }, (_, i): [string, number[]] => [
      `t${i}`,
      tensor('FloatStorage', '0', 1 << 16, [1 << 16], [1]),
    ]);
    expect(() => readPyTorch('c.pth', zip(ordered(shared), { 0: new Float32Array(1 << 16) }))).toThrow(
      /16 times/,
    );
  });

  test('a zip that is something else, and no archive at all', () => {
    expect(() => readPyTorch('c.pth', zipSync({ 'a.txt': Uint8Array.of(1) }))).toThrow(/no data.pkl/);
    expect(() => readPyTorch('c.pth', Uint8Array.of(1, 2, 3))).toThrow(/no PyTorch checkpoint/);
  });

  test('any damage gives a FormatError or still weights, nothing else', () => {
    const good = zip(
      dict([
        [
          'model',
          ordered([
            ['a', simple],
            ['b', simple],
          ]),
        ],
      ]),
      { 0: floats },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(good.length),
        (changes, end) => {
          const bad = good.slice();
          for (const [at, byte] of changes) bad[at] = byte;
          for (const bytes of [bad, bad.subarray(0, end)])
            try {
              readPyTorch('c.pth', bytes);
            } catch (error) {
              expect(error).toBeInstanceOf(FormatError);
            }
        },
      ),
      { numRuns: 1000 },
    );
  });
});
