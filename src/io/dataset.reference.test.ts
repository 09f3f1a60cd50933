/** The benchmark folder in the layout of Anomaly-ShapeNet: what data/README.md says of it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SHARED } from '../testing/golden.ts';
import { parseGroundTruth, recogniseDataset } from './dataset.ts';
import { readScan } from './readScan.ts';

const root = join(SHARED, 'data/bench');
const bytes = (path: string) => new Uint8Array(readFileSync(join(root, path)));
const paths = readdirSync(root, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile())
  .map((e) => join(e.parentPath, e.name).slice(root.length + 1));

test('four categories of 4 templates, 10 good and 15 anomalous objects, all readable', () => {
  const dataset = recogniseDataset(paths)!;
  expect(dataset.layout).toBe('anomaly-shapenet');
  expect(dataset.categories.map((c) => c.name)).toEqual(['boot0', 'cat0', 'hammer0', 'nefertiti0']);
  for (const { train, test: items, errors } of dataset.categories) {
    expect(errors).toEqual([]);
    expect(train.length).toBe(4);
    expect(items.filter((t) => t.good).length).toBe(10);
    const types = items.filter((t) => !t.good).map((t) => t.defectType);
    expect(types.sort().join(' ')).toBe(
      'bending broken bulge bulge bulge bulge concavity concavity concavity concavity crak hole hole scratch scratch',
    );
    for (const { path, gtPath } of items) {
      const scan = readScan(path, bytes(path));
      if (gtPath === null) continue;
      const { cloud, labels } = parseGroundTruth(gtPath, bytes(gtPath));
      // The text of the same object: as many points, labels of both kinds.
      expect(cloud.positions.length).toBe(scan.cloud.positions.length);
      expect(labels.length * 3).toBe(cloud.positions.length);
      expect(new Set(labels)).toEqual(new Set([0, 1]));
    }
  }
});
