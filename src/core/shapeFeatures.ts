/**
 * The shape around every place of a scan, whatever its pose: point feature histograms at several scales side by
 * side, as in BTF (Horwitz, Hoshen 2023). Each scale is taken on a cloud thinned in proportion to its radius, so
 * that neither the density of the scan nor its number of points enters.
 */

import { FPFH_BINS, fpfh } from './fpfh.ts';
import { KdSearch } from './kdSearch.ts';
import { buildKdTree } from './kdTree.ts';
import { type OrientedCloud, type ThinnedCloud, thin } from './orientedCloud.ts';

/** Radii in cells of the places, the wider first: it tells most, and searches look at it first; narrower ones tell noise. */
const RADII = [10, 6] as const;
/** Cells of a scale's own thinning in its radius; about 50 neighbours. */
const CELLS_IN_RADIUS = 4;
/** Thinned points that a place takes its histogram from. */
const BLENDED = 4;
/** Numbers of one place. */
export const SHAPE_WIDTH = RADII.length * FPFH_BINS;
/** Cells in spacings of a scan: about two points become one place. */
const CELL_SPACINGS = 2;
/** Most places of a scan; a denser one is thinned more. */
const MOST_PLACES = 4500;

export interface ShapeFeatures {
  readonly places: ThinnedCloud;
  /** [M SHAPE_WIDTH] */
  readonly values: Float32Array;
}

/** Histograms [M 33] of a thinned cloud at one radius: core/fpfh, or its twin on a GPU. */
export type Histograms = (cloud: OrientedCloud, radius: number) => Float32Array | Promise<Float32Array>;

const onCpu: Histograms = (cloud, radius) => fpfh(cloud, buildKdTree(cloud.points), [radius]);

/** @param spacing of the cloud's points; @returns the edge of the cells that its places are thinned to */
export function shapeCell(cloud: OrientedCloud, spacing: number): number {
  let cell = CELL_SPACINGS * spacing;
  for (;;) {
    const { counts } = thin(cloud, cell);
    if (counts.length <= MOST_PLACES) return cell;
    cell *= 1.05 * Math.sqrt(counts.length / MOST_PLACES);
  }
}

/**
 * @param cloud oriented consistently, or every angle changes its sign
 * @param cell see `shapeCell`: the same for all clouds that are compared
 * @param histograms where they are computed
 * @throws InvalidInputError, see `thin`
 */
export async function shapeFeatures(
  cloud: OrientedCloud,
  cell: number,
  histograms = onCpu,
): Promise<ShapeFeatures> {
  const places = thin(cloud, cell);
  const count = places.counts.length;
  const values = new Float32Array(SHAPE_WIDTH * count);
  for (const [scale, cells] of RADII.entries()) {
    const own = Math.max(1, cells / CELLS_IN_RADIUS) * cell;
    const coarse = own === cell ? places : thin(cloud, own);
    const found = await histograms(coarse, cells * cell);
    const search = new KdSearch(buildKdTree(coarse.points), Math.min(BLENDED, coarse.counts.length));
    for (let i = 0; i < count; i++)
      blend(search, places.points, i, own, found, values, SHAPE_WIDTH * i + FPFH_BINS * scale);
  }
  return { places, values };
}

/** Adds the mean of the histograms around a place, weighted by nearness. */
function blend(
  search: KdSearch,
  places: Float32Array,
  i: number,
  cell: number,
  histograms: Float32Array,
  values: Float32Array,
  at: number,
): void {
  search.find(places[3 * i]!, places[3 * i + 1]!, places[3 * i + 2]!);
  const { tree, rows, distances } = search;
  let weights = 0;
  for (const d of distances) weights += Math.exp((distances[0]! - d) / (cell * cell));
  for (let j = 0; j < rows.length; j++) {
    const weight = Math.exp((distances[0]! - distances[j]!) / (cell * cell)) / weights;
    const from = FPFH_BINS * tree.order[rows[j]!]!;
    for (let b = 0; b < FPFH_BINS; b++) values[at + b]! += weight * histograms[from + b]!;
  }
}
