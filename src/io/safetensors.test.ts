/** Weights come back bit-exact, equal weights give equal files, and a bad file is refused with a place. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { readSafetensors, type TensorToWrite, writeSafetensors } from './safetensors.ts';

const tensor: fc.Arbitrary<TensorToWrite> = fc.array(fc.nat(4), { maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((a, b) => a * b, 1);
  return fc.record({
    shape: fc.constant(shape),
    dtype: fc.constantFrom('F32' as const, 'F16' as const, 'I64' as const),
    data: fc
      .array(fc.integer({ min: -1000, max: 1000 }), { minLength: length, maxLength: length })
      .map((v) => Float32Array.from(v)),
  });
});
const dictionaries = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), tensor).map((d) => {
  delete d.__metadata__;
  return new Map(Object.entries(d));
});

test('tensors and metadata are read back as they were written', () => {
  fc.assert(
    fc.property(dictionaries, fc.dictionary(fc.string(), fc.string()), (tensors, metadata) => {
      const bytes = writeSafetensors(tensors, metadata);
      const back = readSafetensors('m', bytes);
      expect({ ...back.metadata }).toEqual({ ...metadata });
      expect([...back.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, { shape, data, dtype }] of tensors)
        expect(back.tensors.get(name)).toEqual({ shape, data, dtype });
      expect(writeSafetensors(tensors, metadata)).toEqual(bytes);
    }),
  );
});

test('float32 values keep every bit', () => {
  const data = Float32Array.of(Math.PI, -0, 1e-45, 3.4028234663852886e38, Infinity);
  const back = readSafetensors('m', writeSafetensors(new Map([['a', { shape: [5], data }]]))).tensors.get(
    'a',
  )!;
  expect(new Uint32Array(back.data.buffer)).toEqual(new Uint32Array(data.buffer));
});

test('every tensor is aligned to its type', () => {
  const bytes = writeSafetensors(
    new Map<string, TensorToWrite>([
      ['half', { shape: [3], data: new Float32Array(3), dtype: 'F16' }],
      ['single', { shape: [1], data: new Float32Array(1) }],
      ['count', { shape: [], data: new Float32Array(1), dtype: 'I64' }],
    ]),
  );
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { data_offsets: number[] }
  >;
  expect(header.count!.data_offsets[0]! % 8).toBe(0);
  expect(header.single!.data_offsets[0]! % 4).toBe(0);
});

function withHeader(header: unknown, body = 8): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + body);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

describe('a bad file is refused, naming the place', () => {
  const f32 = (shape: unknown, data_offsets: unknown) => ({ dtype: 'F32', shape, data_offsets });
  test.each([
    ['overlap', { a: f32([1], [0, 4]), b: f32([1], [0, 4]) }, /begins at byte 0, expected 4/],
    ['gap', { a: f32([1], [4, 8]) }, /begins at byte 4, expected 0/],
    ['beyond the end', { a: f32([4], [0, 16]) }, /cut off/],
    ['bytes that belong to nothing', { a: f32([1], [0, 4]) }, /4 bytes, 8 follow/],
    ['shape and size disagree', { a: f32([3], [0, 8]) }, /takes 12 bytes, not 8/],
    ['negative shape', { a: f32([-2], [0, 8]) }, /shape/],
    ['unknown type', { a: { dtype: 'F8', shape: [8], data_offsets: [0, 8] } }, /F8/],
    ['metadata that is no text', { __metadata__: { a: 1 } }, /no text/],
    ['no JSON', '{"a":', /JSON/],
  ])('%s', (_, header, message) => {
    expect(() => readSafetensors('m.safetensors', withHeader(header))).toThrow(FormatError);
    expect(() => readSafetensors('m.safetensors', withHeader(header))).toThrow(message);
  });

  test('a header length of 2^60 takes no memory', () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setBigUint64(0, 2n ** 60n, true);
    expect(() => readSafetensors('m', bytes)).toThrow(FormatError);
  });

  test('any damage', () => {
    const good = writeSafetensors(new Map([['a', { shape: [2], data: Float32Array.of(1, 2) }]]), { k: 'v' });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, byte, end) => {
        const bad = good.slice();
        bad[at] = byte;
        for (const bytes of [bad, good.subarray(0, end)])
          try {
            readSafetensors('m', bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
      }),
      { numRuns: 1000 },
    );
  });
});
