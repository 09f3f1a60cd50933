import { beforeAll, expect, test } from 'vitest';
import { withDevice } from '../testing/withDevice.ts';
import type { TfjsQueue } from './interop.ts';
import * as tf from './tf.ts';
import { openWebGpuBackend } from './webgpuBackend.ts';

const gpu = withDevice();
let queue: TfjsQueue;
beforeAll(async () => {
  ({ queue } = await openWebGpuBackend(gpu()));
});

test('the private members of tfjs-backend-webgpu that we rely on are there', () => {
  const backend = queue.backend as unknown as Record<string, unknown>;
  expect(tf.version_core).toBe('4.22.0');
  expect(backend.commandQueueOwnedIds).toBeInstanceOf(WeakSet);
  expect(backend).toHaveProperty('commandEncoder');
  expect(backend).toHaveProperty('computePassEncoder');
  expect(backend.dispatchCountInPass).toBeTypeOf('number');
  const pool = backend.bufferManager as Record<string, unknown>;
  expect(pool.freeBuffers).toBeInstanceOf(Map);
  expect(pool.usedBuffers).toBeInstanceOf(Map);
  for (const count of ['numFreeBuffers', 'numBytesAllocated', 'numBytesUsed', 'numUsedBuffers'])
    expect(pool[count], count).toBeTypeOf('number');
});

test('our dispatches run between tfjs operations, in the order of the program', async () => {
  const x = tf.tensor2d([[1, 2, 3, 4]]);
  const doubled = tf.mul(x, 2);
  // A copy through our own kernel, of a tensor whose value tfjs has only queued.
  const rows = gpu().upload('rows', Uint32Array.of(0, 0));
  const { info, buffer } = queue.output([2, 4]);
  const params = gpu().params([2, 1, 64]);
  queue.dispatch(gpu().kernel('rows/gather'), [params, rows, queue.bufferOf(doubled), buffer], 1);
  const copied = tf.engine().makeTensorFromTensorInfo(info);
  const sum = tf.add(copied, 1);
  expect(Array.from(await sum.data())).toEqual([3, 5, 7, 9, 3, 5, 7, 9]);
  tf.dispose([x, doubled, copied, sum]);
  gpu().release(rows);
});

test('freed tensors give their memory back when the pool is trimmed', async () => {
  queue.trimPool(0);
  const before = queue.allocatedBytes;
  for (let n = 1; n < 30; n++) {
    const tensor = tf.tidy(() => tf.add(tf.zeros([1000 * n]), 1));
    await tensor.data();
    tensor.dispose();
  }
  expect(queue.allocatedBytes).toBeGreaterThan(before);
  queue.trimPool(0);
  expect(queue.allocatedBytes).toBeLessThanOrEqual(before);
});
