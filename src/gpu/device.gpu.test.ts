import { expect, test } from 'vitest';
import { withDevice } from '../testing/withDevice.ts';
import { kernelNames, shaderSource } from './shaders.ts';

const gpu = withDevice();

test('every kernel compiles with Tint and declares gap-free bindings', async () => {
  for (const name of kernelNames()) {
    const module = gpu().device.createShaderModule({ label: name, code: shaderSource(name) });
    const messages = (await module.getCompilationInfo()).messages.filter((m) => m.type === 'error');
    expect(messages.map((m) => `${name}:${m.lineNum} ${m.message}`)).toEqual([]);
  }
});

test('uniform blocks with equal words are shared, others are not', () => {
  expect(gpu().params([1, 2, 3])).toBe(gpu().params([1, 2, 3]));
  expect(gpu().params([1, 2, 3])).not.toBe(gpu().params([1, 2, 4]));
});
