/** The published numbers hold only under the published protocol: which objects count, and with which labels. */

import { describe, expect, test } from 'vitest';
import { FormatError } from '../core/errors.ts';
import { parseGroundTruth, recogniseDataset } from './dataset.ts';

const shapenet = [
  'pcd/vase0/train/vase0_template0.pcd',
  'pcd/vase0/train/vase0_template1.pcd',
  'pcd/vase0/test/vase0_positive3.pcd',
  'pcd/vase0/test/vase0_bulge12.pcd',
  'pcd/vase0/test/vase0_crak0.pcd',
  'pcd/vase0/GT/vase0_bulge12.txt',
  'pcd/vase0/GT/vase0_crak0.txt',
  'pcd/ashtray0/train/ashtray0_template0.pcd',
  'pcd/ashtray0/test/ashtray0_template9.pcd',
  'obj/vase0/vase0_template0.obj',
  'pcd/vase0/test/.DS_Store',
  '__MACOSX/pcd/vase0/test/._vase0_bulge12.pcd',
  'README.md',
];

test('Anomaly-ShapeNet', () => {
  const dataset = recogniseDataset(shapenet)!;
  expect(dataset.layout).toBe('anomaly-shapenet');
  expect(dataset.categories.map((c) => c.name)).toEqual(['ashtray0', 'vase0']);
  const vase = dataset.categories[1]!;
  expect(vase.train).toEqual(shapenet.slice(0, 2));
  expect(vase.meshes).toEqual(['obj/vase0/vase0_template0.obj']);
  expect(vase.errors).toEqual([]);
  expect(vase.test).toEqual([
    {
      path: 'pcd/vase0/test/vase0_bulge12.pcd',
      name: 'vase0_bulge12',
      good: false,
      defectType: 'bulge',
      gtPath: 'pcd/vase0/GT/vase0_bulge12.txt',
    },
    {
      path: 'pcd/vase0/test/vase0_crak0.pcd',
      name: 'vase0_crak0',
      good: false,
      defectType: 'crak',
      gtPath: 'pcd/vase0/GT/vase0_crak0.txt',
    },
    {
      path: 'pcd/vase0/test/vase0_positive3.pcd',
      name: 'vase0_positive3',
      good: true,
      defectType: null,
      gtPath: null,
    },
  ]);
  expect(dataset.categories[0]!.test[0]!.good).toBe(true);
});

test('Real3D-AD, with Windows slashes', () => {
  const dataset = recogniseDataset([
    'Real3D\\airplane\\train\\1_template.pcd',
    'Real3D\\airplane\\test\\102_bulge_cut.pcd',
    'Real3D\\airplane\\test\\105_good_cut.pcd',
    'Real3D\\airplane\\test\\110_sink.pcd',
    'Real3D\\airplane\\gt\\102_bulge_cut.txt',
    'Real3D\\airplane\\gt\\110_sink.txt',
  ])!;
  expect(dataset.layout).toBe('real3d-ad');
  const [airplane] = dataset.categories;
  expect(airplane!.train).toEqual(['Real3D\\airplane\\train\\1_template.pcd']);
  expect(airplane!.test.map((t) => [t.name, t.good, t.defectType])).toEqual([
    ['102_bulge_cut', false, 'bulge'],
    ['105_good_cut', true, null],
    ['110_sink', false, 'sink'],
  ]);
  expect(airplane!.test[0]!.gtPath).toBe('Real3D\\airplane\\gt\\102_bulge_cut.txt');
});

test('an anomalous object without ground truth is an error that names it', () => {
  const dataset = recogniseDataset(shapenet.filter((p) => !p.endsWith('crak0.txt')))!;
  expect(dataset.categories[1]!.errors).toEqual([
    {
      kind: 'invalid-input',
      where: 'pcd/vase0/test/vase0_crak0.pcd',
      message: 'the anomalous object vase0_crak0 has no ground truth text',
    },
  ]);
});

test('a sample in two formats counts once', () => {
  const dataset = recogniseDataset(['a/test/1_good.ply', 'a/test/1_good.pcd', 'a/train/t_template.ply'])!;
  expect(dataset.categories[0]!.test.map((t) => t.path)).toEqual(['a/test/1_good.pcd']);
});

test('any other folder is neither', () => {
  expect(recogniseDataset([])).toBeNull();
  expect(recogniseDataset(['scans/a.pcd', 'b.ply'])).toBeNull();
});

describe('ground truth', () => {
  const parse = (text: string) => parseGroundTruth('a.txt', new TextEncoder().encode(text));

  test.each([
    ['commas', '1.5,2,3,0\n4,5,6,1\n'],
    ['commas and blanks', '1.5, 2, 3, 0.0\r\n4, 5, 6, 1.0\r\n'],
    ['blanks', '1.5 2 3 0\n4 5 6 1'],
  ])('%s: coordinates and labels of the same row', (_, text) => {
    const { cloud, labels } = parse(text);
    expect([...cloud.positions]).toEqual([1.5, 2, 3, 4, 5, 6]);
    expect([...labels]).toEqual([0, 1]);
  });

  test.each([
    ['a row without label', '1 2 3 0\n4 5 6\n', /line 2/],
    ['a row of NaN, which would shift the labels', '1 2 3 0\nnan 5 6 1\n', /line 2/],
    ['an empty file', '', /no points/],
  ])('%s is refused', (_, text, message) => {
    let error: unknown;
    try {
      parse(text);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect(`${(error as FormatError).where} ${(error as FormatError).message}`).toMatch(message);
  });
});
