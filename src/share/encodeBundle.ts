/** A shared heatmap as bytes: thinned to a budget, quantised, in Morton order. */

import { InvalidInputError } from '../core/errors.ts';
import { nextTask } from '../core/nextTask.ts';
import type { ShareBundle } from './bundle.ts';
import { packJson, packSection, type Section, sectionBytes, writeContainer } from './container.ts';
import { type Grid, headerOf, MOST_BITS, type ScoreScale } from './header.ts';
import { mortonCodes, mortonOrder } from './morton.ts';
import { codePlanes, differencePlanes } from './planes.ts';
import { gridOf, largest, quantiseOffsets, quantiseScores, toGrid } from './quantise.ts';
import { importantRows } from './thin.ts';

/** Positions and scores take at most this much; a sparse cloud gets a coarser grid for it. */
const BYTES_PER_POINT = 4.5;
/** The coarsest grid that is chosen for that: an 8,000th of the extent. */
const COARSEST_BITS = 13;

export interface EncodeOptions {
  readonly scoreBits: 8 | 16;
  readonly offsets: boolean;
  /** The whole bundle; points are left out until it fits. */
  readonly maxBytes: number;
  /** Grid to begin with; 16 unless the room is very small. */
  readonly bits?: number;
  readonly signal?: AbortSignal;
}

export interface EncodedBundle {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly points: number;
  /** Of the position grid. */
  readonly bits: number;
  /** Stored bytes of positions and scores, per point. */
  readonly bytesPerPoint: number;
}

/** @returns the bundle with some of its points @param rows ascending */
function withRows(bundle: ShareBundle, rows: Uint32Array): ShareBundle {
  const triples = (values: Float32Array) => {
    const taken = new Float32Array(3 * rows.length);
    rows.forEach((row, i) => {
      for (let axis = 0; axis < 3; axis++) taken[3 * i + axis] = values[3 * row + axis]!;
    });
    return taken;
  };
  const { positions, score, offsets, labels } = bundle;
  return {
    ...bundle,
    positions: triples(positions),
    score: Float32Array.from(rows, (row) => score[row]!),
    offsets: offsets === null ? null : triples(offsets),
    labels:
      labels === null ? null : { ...labels, classOf: Uint8Array.from(rows, (row) => labels.classOf[row]!) },
  };
}

interface PackedPositions {
  readonly section: Section;
  readonly grid: Grid;
  /** Rows in the order they are stored. */
  readonly order: Uint32Array;
}

async function packPositions(positions: Float32Array, bits: number): Promise<PackedPositions> {
  const base = gridOf(positions, bits);
  const cells = toGrid(positions, base);
  const codes = mortonCodes(cells);
  const order = mortonOrder(codes);
  await nextTask();
  const morton = await packSection('POSN', codePlanes(codes, order, bits));
  // Range images have their points on a lattice, where the axes one by one are shorter.
  const axes = await packSection('POSN', differencePlanes(cells, 3, 2, order));
  return sectionBytes(axes) < sectionBytes(morton)
    ? { section: axes, grid: { ...base, coding: 'axes' }, order }
    : { section: morton, grid: { ...base, coding: 'morton' }, order };
}

interface Packed extends EncodedBundle {
  /** Of all sections that grow with the points. */
  readonly pointBytes: number;
}

async function packAll(
  bundle: ShareBundle,
  { scoreBits, offsets, bits = MOST_BITS }: EncodeOptions,
): Promise<Packed> {
  const points = bundle.score.length;
  let packed = await packPositions(bundle.positions, bits);
  const scale: ScoreScale = { bits: scoreBits, max: largest(bundle.score) };
  const scores = quantiseScores(bundle.score, scale, bundle.view.threshold);
  const packScores = (order: Uint32Array) =>
    packSection('SCOR', differencePlanes(scores, 1, scoreBits === 8 ? 1 : 2, order));
  let score = await packScores(packed.order);
  const perPoint = () => (sectionBytes(packed.section) + sectionBytes(score)) / points;
  while (scoreBits === 8 && perPoint() > BYTES_PER_POINT && packed.grid.bits > COARSEST_BITS) {
    packed = await packPositions(bundle.positions, packed.grid.bits - 1);
    score = await packScores(packed.order);
  }
  const { grid, order } = packed;
  const kept = offsets ? bundle.offsets : null;
  const offsetMax = kept === null ? null : largest(kept);
  const perPointSections = [packed.section, score];
  if (kept !== null && offsetMax !== null)
    perPointSections.push(
      await packSection('offs', differencePlanes(quantiseOffsets(kept, offsetMax), 3, 1, order)),
    );
  if (bundle.labels !== null)
    perPointSections.push(await packSection('labl', differencePlanes(bundle.labels.classOf, 1, 1, order)));
  const header = await packJson('META', headerOf(bundle, points, grid, scale, offsetMax));
  const bytes = writeContainer([header, ...perPointSections, ...(await packLists(bundle))]);
  const pointBytes = perPointSections.reduce((sum, section) => sum + sectionBytes(section), 0);
  return { bytes, points, bits: grid.bits, bytesPerPoint: perPoint(), pointBytes };
}

/** Lists that do not grow with the points; an empty one is left out. */
function packLists({ labels, sections, regions, pins }: ShareBundle): Promise<Section[]> {
  const lists = { clas: labels?.classes ?? [], sect: sections, regn: regions, pins };
  return Promise.all(
    Object.entries(lists)
      .filter(([, list]) => list.length > 0)
      .map(([tag, list]) => packJson(tag, list)),
  );
}

/** Rounds of thinning; every one lands within a few percent of the budget. */
const ROUNDS = 6;
/** What is aimed at, so that the next round need not correct it. */
const AIM = 0.97;

/**
 * @throws InvalidInputError for a scan without points, with numbers that are not finite, or a budget in
 * which nothing fits
 * @throws the signal's reason when it has fired
 */
export async function encodeBundle(bundle: ShareBundle, options: EncodeOptions): Promise<EncodedBundle> {
  const { positions, score, name, view } = bundle;
  if (score.length === 0) throw new InvalidInputError(name, 'has no points to share');
  if (!positions.every(Number.isFinite) || !score.every(Number.isFinite))
    throw new InvalidInputError(name, 'has coordinates or scores that are not finite');
  let order: Uint32Array | null = null;
  let count = score.length;
  for (let round = 0; round < ROUNDS; round++) {
    options.signal?.throwIfAborted();
    let part = bundle;
    if (count < score.length) {
      order ??= mortonOrder(mortonCodes(toGrid(positions, gridOf(positions, MOST_BITS))));
      part = withRows(bundle, importantRows(score, view.threshold, order, count));
    }
    const encoded = await packAll(part, options);
    const over = encoded.bytes.length - options.maxBytes;
    if (over <= 0) return encoded;
    // What does not shrink with the points is not divided among them.
    const room = options.maxBytes - (encoded.bytes.length - encoded.pointBytes);
    count = Math.floor(Math.min(count * 0.95, (AIM * room * encoded.points) / encoded.pointBytes));
    if (count < 1) break;
  }
  throw new InvalidInputError(name, `does not fit into ${options.maxBytes} bytes`);
}
