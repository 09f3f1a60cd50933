/** Bytes to a shared heatmap. They came from a link: nothing in them is believed before it is checked. */

import type { BundleLabels, ShareBundle } from './bundle.ts';
import { readContainer, type Section, unpackJson, unpackSection } from './container.ts';
import { type Header, readClasses, readHeader, readPins, readRegions, readSections } from './header.ts';
import { codePlaneCount, fromCodePlanes, fromDifferencePlanes } from './planes.ts';
import { asResult, ShareError, type ShareResult } from './problem.ts';
import { fromGrid, fromQuantisedOffsets, fromQuantisedScores } from './quantise.ts';

const MOST_META_BYTES = 64e3;
const MOST_LIST_BYTES = 8e6;
const KNOWN_CRITICAL: readonly string[] = ['META', 'POSN', 'SCOR'];

type Sections = ReadonlyMap<string, Section>;

function required(sections: Sections, tag: string): Section {
  const section = sections.get(tag);
  if (section === undefined) throw new ShareError('damaged', tag, 'is missing');
  return section;
}

async function readPositions(sections: Sections, { points, grid }: Header): Promise<Float32Array> {
  const section = required(sections, 'POSN');
  const planes = grid.coding === 'morton' ? codePlaneCount(grid.bits) : 6;
  const expanded = await unpackSection(section, planes, points);
  const cells =
    grid.coding === 'morton'
      ? fromCodePlanes(expanded, points, grid.bits)
      : fromDifferencePlanes(expanded, 3, 2, points);
  return fromGrid(cells, grid);
}

async function readScores(sections: Sections, { points, score }: Header): Promise<Float32Array> {
  const bytes = score.bits === 8 ? 1 : 2;
  const planes = await unpackSection(required(sections, 'SCOR'), bytes, points);
  return fromQuantisedScores(fromDifferencePlanes(planes, 1, bytes, points), score);
}

async function readOffsets(sections: Sections, { points, offsetMax }: Header): Promise<Float32Array | null> {
  const section = sections.get('offs');
  if (section === undefined || offsetMax === null) return null;
  const planes = await unpackSection(section, 3, points);
  return fromQuantisedOffsets(fromDifferencePlanes(planes, 3, 1, points), offsetMax);
}

async function readLabels(sections: Sections, { points }: Header): Promise<BundleLabels | null> {
  const classes = sections.get('clas');
  const labels = sections.get('labl');
  if (classes === undefined || labels === undefined) return null;
  const [planes, list] = [await unpackSection(labels, 1, points), await unpackJson(classes, MOST_LIST_BYTES)];
  return {
    classes: readClasses(list),
    classOf: Uint8Array.from(fromDifferencePlanes(planes, 1, 1, points)),
  };
}

async function decode(bytes: Uint8Array<ArrayBuffer>): Promise<ShareBundle> {
  const sections = readContainer(bytes);
  for (const tag of sections.keys())
    if (/^[A-Z]/.test(tag) && !KNOWN_CRITICAL.includes(tag))
      throw new ShareError('newer', tag, 'this page does not know a part that cannot be left out');
  const header = readHeader(await unpackJson(required(sections, 'META'), MOST_META_BYTES));
  const list = async <T>(tag: string, read: (json: unknown) => T[]): Promise<T[]> => {
    const section = sections.get(tag);
    return section === undefined ? [] : read(await unpackJson(section, MOST_LIST_BYTES));
  };
  const { name, unit, origin, frame, sourcePoints, view, camera, result, provenance } = header;
  return {
    name,
    unit,
    origin,
    frame,
    positions: await readPositions(sections, header),
    score: await readScores(sections, header),
    offsets: await readOffsets(sections, header),
    labels: await readLabels(sections, header),
    sourcePoints,
    view,
    camera,
    result,
    provenance,
    sections: await list('sect', readSections),
    regions: await list('regn', readRegions),
    pins: await list('pins', readPins),
  };
}

/** @param bytes of one bundle, untrusted */
export function decodeBundle(bytes: Uint8Array<ArrayBuffer>): Promise<ShareResult<ShareBundle>> {
  return asResult(() => decode(bytes));
}
