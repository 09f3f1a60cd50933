/** Families whose good parts differ: specimens do, defects are labelled, and it all comes out the same again. */

import { expect, test } from 'vitest';
import { familyParts, makeFamilyScan } from './varyingFamily.ts';

const [known] = familyParts(2);
const POINTS = 300;

test('good specimens differ by a few percent of the radius and carry no labels', () => {
  const [a, b] = [0, 1].map((i) => makeFamilyScan(known!, 2, i, POINTS));
  expect([a!.split, a!.name, a!.labels]).toEqual(['train', `${known!.name}_template0`, null]);
  const extent = (rows: ArrayLike<number>) =>
    Math.max(...Array.from({ length: POINTS }, (_, i) => Math.abs(rows[3 * i + 2]!)));
  expect(a!.scan.surface).not.toEqual(b!.scan.surface);
  expect(Math.abs(extent(a!.scan.surface) / extent(b!.scan.surface) - 1)).toBeLessThan(0.2);
  expect(makeFamilyScan(known!, 2, 0, POINTS)).toEqual(a);
});

test.each([18, 22, 26, 28, 30, 31, 32])('defect %d is labelled, and is not the whole part', (i) => {
  const { split, labels } = makeFamilyScan(known!, 2, i, POINTS);
  expect(split).toBe('test');
  const share = labels!.reduce((sum, label) => sum + label, 0) / POINTS;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(0.6);
});

test('seeds take turns among the parts', () => {
  expect(familyParts(1).map(({ name }) => name)).not.toEqual(familyParts(2).map(({ name }) => name));
});
