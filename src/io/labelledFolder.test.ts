/** A label file on the wrong scan gives figures that look right and are not. */

import { describe, expect, it } from 'vitest';
import { labelledItems } from './labelledFolder.ts';

const pairs = (...paths: string[]) => labelledItems(paths).map(({ path, labelPath }) => [path, labelPath]);

describe('a folder of scans and labels', () => {
  it('pairs the sheets of the anomaly simulations by number', () => {
    expect(
      pairs('data/points_1.npy', 'data/points_10.npy', 'data/true label_10.npy', 'data/true label_1.npy'),
    ).toEqual([
      ['data/points_1.npy', 'data/true label_1.npy'],
      ['data/points_10.npy', 'data/true label_10.npy'],
    ]);
  });

  it('pairs a scan with the text of its name, and with what is called labels', () => {
    expect(pairs('a/part1.ply', 'a/part1.txt', 'a/part2.pcd', 'a/part2_labels.npy')).toEqual([
      ['a/part1.ply', 'a/part1.txt'],
      ['a/part2.pcd', 'a/part2_labels.npy'],
    ]);
  });

  it('pairs folders of scans and of labels', () => {
    expect(pairs('set/scans/a.ply', 'set/labels/a.txt', 'set/scans/b.ply')).toEqual([
      ['set/scans/a.ply', 'set/labels/a.txt'],
      ['set/scans/b.ply', null],
    ]);
    expect(pairs('set/points/a.ply', 'set/labels/a.txt')).toEqual([['set/points/a.ply', 'set/labels/a.txt']]);
  });

  it('does not pair across objects of the same name in different folders', () => {
    expect(pairs('x/a.ply', 'y/a.txt')).toEqual([
      ['x/a.ply', null],
      ['y/a.txt', null],
    ]);
  });

  it('leaves scans that carry their labels alone, and what is no scan out', () => {
    expect(pairs('a_labelled.ply', 'notes.md', '.DS_Store', '__MACOSX/a.ply')).toEqual([
      ['a_labelled.ply', null],
    ]);
  });
});
