/** A small shared heatmap, made up. */

import { modelFrame } from '../core/frame.ts';
import { RandomStream } from '../core/random.ts';
import type { ShareBundle } from '../share/bundle.ts';

/** A sphere of radius 40 mm around (300, 300, 300) with a hot spot; everything optional is there. */
export function madeBundle(points: number, seed = 7): ShareBundle {
  const random = new RandomStream(seed);
  const positions = new Float32Array(3 * points);
  const score = new Float32Array(points);
  const offsets = new Float32Array(3 * points);
  for (let i = 0; i < points; i++) {
    const v = [random.normal(), random.normal(), random.normal()];
    const length = Math.hypot(...v) || 1;
    const hot = v[2]! / length > 0.9 ? 0.08 : 0;
    score[i] = hot + 0.01 * random.uniform();
    for (let axis = 0; axis < 3; axis++) {
      const outward = v[axis]! / length;
      positions[3 * i + axis] = 300 + 40 * outward;
      offsets[3 * i + axis] = score[i]! * outward;
    }
  }
  return {
    name: 'Flasche „Ω“ 🍾',
    unit: 'mm',
    origin: [1e6, -2e6, 0.25],
    frame: points > 1 ? modelFrame(positions) : { centre: [300, 300, 300], radius: 40 },
    positions,
    score,
    offsets,
    labels: {
      classes: [
        { number: 0, name: 'good', colour: '#9a9a9a' },
        { number: 3, name: 'dent', colour: '#d55e00' },
      ],
      classOf: Uint8Array.from(score, (value) => (value > 0.05 ? 3 : 0)),
    },
    sourcePoints: points,
    view: {
      heatmap: true,
      colourMap: 'cividis',
      threshold: 0.03,
      low: 0.01,
      high: 0.12,
      pointScale: 1.5,
      shading: false,
      up: '-y',
      parallel: true,
    },
    camera: { position: [300, 100, 320], target: [300, 300, 300] },
    result: { verdict: 'not-ok', objectScore: 0.021, objectThreshold: 0.012 },
    provenance: {
      model: 'Bottle',
      modelHash: 'ab'.repeat(32),
      calibration: '99.9th percentile of 6 good scans',
      studio: '0.1.0',
      created: 1_790_000_000_000,
    },
    sections: [{ normal: [0, 0, 1], offset: 320 }],
    regions: [{ name: 'Region 1', centre: [300, 300, 340], points: 40, area: 12.5, peak: 0.09 }],
    pins: [{ position: [300, 300, 340], text: 'Look here <b>please</b>' }],
  };
}
