import { Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import { UP_AXES } from '../core/upAxis.ts';
import { upright } from './upright.ts';

describe('standing a scan up', () => {
  it('takes the chosen axis to the top and mirrors nothing', () => {
    for (const up of UP_AXES) {
      const turned = [new Vector3(1, 0, 0), new Vector3(0, 1, 0), new Vector3(0, 0, 1)].map((axis) =>
        axis.applyQuaternion(upright(up)),
      );
      const top = turned['xyz'.indexOf(up[1]!)]!.multiplyScalar(up[0] === '-' ? -1 : 1);
      expect(top.distanceTo(new Vector3(0, 0, 1))).toBeLessThan(1e-6);
      top.multiplyScalar(up[0] === '-' ? -1 : 1);
      expect(turned[0]!.clone().cross(turned[1]!).dot(turned[2]!)).toBeCloseTo(1, 6);
    }
  });

  it('shows a file with Y up from its Z side, as drawing software does', () => {
    // The front view looks along the world's +Y.
    const front = new Vector3(0, 0, 1).applyQuaternion(upright('+y'));
    expect(front.distanceTo(new Vector3(0, -1, 0))).toBeLessThan(1e-6);
  });
});
