/** Labels go out and come back for the same points, and never onto those of another scan. */

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { FormatError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { labelsFor, readLabels } from './readLabels.ts';
import { LABEL_EXTENSIONS, LABEL_FORMATS, writeLabels } from './writeLabels.ts';
import { writeNpy } from './writeNpy.ts';

function cloudOf(positions: readonly number[], origin: PointCloud['origin'] = [0, 0, 0]): PointCloud {
  return {
    id: 'cloud',
    name: 'part.ply',
    positions: Float32Array.from(positions),
    origin,
    normals: null,
    colours: null,
    faces: null,
    attributes: {},
  };
}

/** Place and cause of the refusal. */
function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof FormatError) return `${error.where}: ${error.message}`;
    throw error;
  }
  throw new Error('it was not refused');
}

const text = (content: string) => new TextEncoder().encode(content);
const place = fc.float({ min: -500, max: 500, noNaN: true });
const labelled = fc
  .array(fc.record({ at: fc.tuple(place, place, place), label: fc.integer({ min: 0, max: 255 }) }), {
    minLength: 2,
    maxLength: 30,
  })
  .map((rows) => ({
    cloud: cloudOf(rows.flatMap(({ at }) => at)),
    labels: Uint8Array.from(rows, ({ label }) => label),
  }));

describe('a labelled scan', () => {
  it.each(LABEL_FORMATS)('comes back from %s', (format) => {
    fc.assert(
      fc.property(labelled, ({ cloud, labels }) => {
        const bytes = writeLabels(cloud, labels, format);
        const file = readLabels(`labels.${LABEL_EXTENSIONS[format]}`, bytes);
        expect(labelsFor(cloud, file)).toEqual(labels);
      }),
    );
  });

  it('keeps its place far from the origin', () => {
    const cloud = cloudOf([0, 0, 0, 0.5, 0.25, 0.125], [5_512_345.25, 48_123.5, 100]);
    const labels = Uint8Array.of(1, 0);
    const written = writeLabels(cloud, labels, 'anomaly-shapenet');
    expect(new TextDecoder().decode(written)).toBe(
      '5512345.25,48123.5,100,1\n5512345.75,48123.75,100.125,0\n',
    );
    expect(labelsFor(cloud, readLabels('l.txt', written))).toEqual(labels);
  });
});

test.each([
  ['commas', '1,2,3,0\n4,5,6,1\n'],
  ['blanks, tabs and Windows line ends', '1 2\t3 0\r\n4 5 6 1\r\n'],
  ['semicolons and a header', 'x;y;z;label\n1;2;3;0\n4;5;6;1'],
  ['normals between', '1 2 3 0 0 1 0\n4 5 6 0 0 1 1\n'],
  ['labels alone', '# classes\n0\n1\n'],
  ['labels written as 1.0', '1,2,3,0.0\n4,5,6,1.0\n'],
])('text with %s is read', (_, content) => {
  const file = readLabels('gt.txt', text(content));
  expect([...file.labels]).toEqual([0, 1]);
  expect([...labelsFor(cloudOf([1, 2, 3, 4, 5, 6]), file)]).toEqual([0, 1]);
});

test('NumPy labels alone, as the anomaly sheets have them', () => {
  const file = readLabels('true label_0.npy', writeNpy(Float32Array.of(0, 1, 1), [3]));
  expect(file.coords).toBeNull();
  expect([...file.labels]).toEqual([0, 1, 1]);
});

test.each([
  ['a label that is no whole number', '1,2,3,0\n4,5,6,0.5\n', /line 2.*0\.5/],
  ['a label beyond 255', '1,2,3,256\n', /line 1.*256/],
  ['a negative label', '1,2,3,-1\n', /line 1/],
  ['a word among the numbers', '1,2,3,0\n4,5,good,1\n', /line 2.*good/],
  ['a row that is shorter', '1,2,3,0\n4,5,6\n', /line 2/],
  ['coordinates without labels', '1,2,3\n', /line 1/],
  ['nothing', '\n\n', /no rows/],
])('%s is refused with its place', (_, content, why) => {
  expect(refusal(() => readLabels('gt.txt', text(content)))).toMatch(why);
});

describe('labels of another scan', () => {
  const cloud = cloudOf([0, 0, 0, 10, 0, 0]);
  it('are told by their number', () => {
    expect(refusal(() => labelsFor(cloud, readLabels('gt.txt', text('0\n1\n1\n'))))).toMatch(
      /3 labels, but part.ply has 2/,
    );
  });
  it('are told by their coordinates', () => {
    expect(refusal(() => labelsFor(cloud, readLabels('gt.txt', text('0,0,0,0\n0,10,0,1\n'))))).toMatch(
      /row 2/,
    );
    expect([...labelsFor(cloud, readLabels('gt.txt', text('0,0,0,0\n10.004,0,0,1\n')))]).toEqual([0, 1]);
  });
  it('in a PLY without labels are told by its properties', () => {
    const ply =
      'ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nproperty float heat\nend_header\n0 0 0 1\n';
    expect(refusal(() => readLabels('a.ply', text(ply)))).toMatch(/no property of labels.*heat/);
  });
});
