/** The section META: everything of a bundle that is not one number per point. Checked strictly on reading. */

import { COLOUR_MAPS } from '../core/colourMaps.ts';
import type { LabelClass } from '../core/labels/labelSet.ts';
import type { ModelFrame, Vec3 } from '../core/types.ts';
import { UP_AXES } from '../core/upAxis.ts';
import {
  type BundleCamera,
  type BundlePin,
  type BundleProvenance,
  type BundleRegion,
  type BundleResult,
  type BundleSection,
  type BundleView,
  MOST_POINTS,
  type ShareBundle,
} from './bundle.ts';
import { Fields, readList } from './fields.ts';

/** How positions become whole numbers: `position = low + step * grid`. */
export interface Grid {
  /** Coordinates are below `2 ** bits`. */
  readonly bits: number;
  readonly low: Vec3;
  /** Source units, the same along every axis; 0 when all points coincide. */
  readonly step: number;
  /** What is stored: differences of Morton codes, or of each coordinate. */
  readonly coding: 'morton' | 'axes';
}

/** `score = max * (q / (2 ** bits - 1)) ** 2`: steps are finest where good and bad part. */
export interface ScoreScale {
  readonly bits: 8 | 16;
  /** Model units. */
  readonly max: number;
}

export interface Header {
  readonly name: string;
  readonly unit: string;
  readonly points: number;
  readonly sourcePoints: number;
  readonly origin: Vec3;
  readonly frame: ModelFrame;
  readonly grid: Grid;
  readonly score: ScoreScale;
  /** `offset = max * q / 127`, model units; null when there are none. */
  readonly offsetMax: number | null;
  readonly view: BundleView;
  readonly camera: BundleCamera | null;
  readonly result: BundleResult;
  readonly provenance: BundleProvenance;
}

const FEWEST_BITS = 8;
export const MOST_BITS = 16;

function readFrame(fields: Fields): ModelFrame {
  return { centre: fields.vector('centre'), radius: fields.number('radius', 0) };
}

function readGrid(fields: Fields): Grid {
  return {
    bits: fields.integer('bits', FEWEST_BITS, MOST_BITS),
    low: fields.vector('low'),
    step: fields.number('step', 0),
    coding: fields.oneOf('coding', ['morton', 'axes']),
  };
}

function readView(fields: Fields): BundleView {
  return {
    heatmap: fields.flag('heatmap'),
    colourMap: fields.oneOf(
      'colourMap',
      COLOUR_MAPS.map((map) => map.id),
    ),
    threshold: fields.number('threshold', 0),
    low: fields.number('low', 0),
    high: fields.number('high', 0),
    pointScale: fields.number('pointScale', 0.25, 4),
    shading: fields.flag('shading'),
    up: fields.oneOfOr('up', UP_AXES, '+z'),
    parallel: fields.flagOr('parallel', false),
  };
}

function readCamera(fields: Fields): BundleCamera {
  return { position: fields.vector('position'), target: fields.vector('target') };
}

function readResult(fields: Fields): BundleResult {
  return {
    verdict: fields.oneOf('verdict', ['ok', 'not-ok', 'uncalibrated', 'not-aligned']),
    objectScore: fields.number('objectScore', 0),
    objectThreshold: fields.numberOrNull('objectThreshold'),
  };
}

function readProvenance(fields: Fields): BundleProvenance {
  return {
    model: fields.text('model'),
    modelHash: fields.text('modelHash', 128),
    calibration: fields.text('calibration'),
    studio: fields.text('studio', 64),
    created: fields.number('created', 0),
  };
}

/** @throws ShareError naming the field */
export function readHeader(json: unknown): Header {
  const fields = new Fields('META', json);
  const score = fields.object('score');
  const camera = fields.objectOrNull('camera');
  return {
    name: fields.text('name', 300),
    unit: fields.text('unit', 16),
    points: fields.integer('points', 1, MOST_POINTS),
    sourcePoints: fields.integer('sourcePoints', 1, Number.MAX_SAFE_INTEGER),
    origin: fields.vector('origin'),
    frame: readFrame(fields.object('frame')),
    grid: readGrid(fields.object('grid')),
    score: { bits: score.integer('bits', 8, 16) > 8 ? 16 : 8, max: score.number('max', 0) },
    offsetMax: fields.numberOrNull('offsetMax'),
    view: readView(fields.object('view')),
    camera: camera === null ? null : readCamera(camera),
    result: readResult(fields.object('result')),
    provenance: readProvenance(fields.object('provenance')),
  };
}

/** @returns the header of a bundle; what is stored per point is told by the other arguments */
export function headerOf(
  bundle: ShareBundle,
  points: number,
  grid: Grid,
  score: ScoreScale,
  offsetMax: number | null,
): Header {
  const { name, unit, sourcePoints, origin, frame, view, camera, result, provenance } = bundle;
  return {
    name: name.slice(0, 300),
    unit,
    points,
    sourcePoints,
    origin,
    frame,
    grid,
    score,
    offsetMax,
    view,
    camera,
    result,
    provenance,
  };
}

export function readSections(json: unknown): BundleSection[] {
  return readList('sect', json, (entry) => ({
    normal: entry.vector('normal'),
    offset: entry.number('offset'),
  }));
}

export function readRegions(json: unknown): BundleRegion[] {
  return readList('regn', json, (entry) => ({
    name: entry.text('name', 300),
    centre: entry.vector('centre'),
    points: entry.integer('points', 0, Number.MAX_SAFE_INTEGER),
    area: entry.numberOrNull('area'),
    peak: entry.number('peak', 0),
  }));
}

export function readPins(json: unknown): BundlePin[] {
  return readList('pins', json, (entry) => ({
    position: entry.vector('position'),
    text: entry.text('text'),
  }));
}

export function readClasses(json: unknown): LabelClass[] {
  return readList('clas', json, (entry) => ({
    number: entry.integer('number', 0, 255),
    name: entry.text('name', 300),
    colour: entry.text('colour', 7),
  }));
}
