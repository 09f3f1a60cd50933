import { expect, test } from 'vitest';
import { RandomStream } from '../core/random.ts';
import { voxelFeatures } from '../core/voxelFeatures.ts';
import { withDevice } from '../testing/withDevice.ts';
import { BufferScope } from './bufferScope.ts';
import { encodeVoxelFeatures } from './features.ts';
import { readBuffers } from './readback.ts';

const gpu = withDevice();

test.each([1, 64, 1000])(
  'each of %i voxels gets the coordinates of its first point, to the bit',
  async (voxels) => {
    const stream = new RandomStream(voxels);
    const points = Float32Array.from({ length: 3 * 1500 }, () => stream.range(-1, 1));
    const representative = Uint32Array.from({ length: voxels }, () => stream.below(1500));
    const scope = new BufferScope(gpu());
    const features = scope.buffer('features', 16 * voxels);
    const [from, rows] = [scope.upload('points', points), scope.upload('representative', representative)];
    gpu().run('features', (pass) => encodeVoxelFeatures(gpu(), pass, from, rows, voxels, features));
    const [bytes] = await readBuffers(gpu(), [{ buffer: features, bytes: 16 * voxels }]);
    scope.release();
    expect(new Float32Array(bytes!)).toEqual(voxelFeatures(points, representative));
  },
);
