/**
 * One scan as GPU points. Score travels as one vertex attribute, uploaded once per result; colour map,
 * range and threshold are uniforms, so that moving a slider uploads nothing. Labels and selection will
 * be further attributes beside `score`.
 */

import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  NearestFilter,
  Points,
  RGBAFormat,
  ShaderMaterial,
  Sphere,
  Vector2,
  Vector3,
} from 'three';
import { COLOUR_TABLE_SIZE } from '../core/colourMaps.ts';
import type { PointCloud } from '../core/types.ts';
import type { Rgb } from './rgb.ts';
import fragmentShader from './shaders/points.frag?raw';
import vertexShader from './shaders/points.vert?raw';
import { type Bounds, boundsOf, pointSpacing } from './spacing.ts';

/** How scores become colours. Scores in model units. */
export interface HeatmapStyle {
  readonly on: boolean;
  /** [4 * 256] RGBA of the colour map. */
  readonly table: Uint8Array<ArrayBuffer>;
  readonly low: number;
  readonly high: number;
  readonly threshold: number;
}

export interface PointLayer {
  readonly object: Points;
  readonly bounds: Bounds;
  readonly cloud: PointCloud;
  /** Mean diameter of the drawn points, world units. */
  pointSize(): number;
  setScore(score: Float32Array | null): void;
  setHeatmap(style: HeatmapStyle): void;
  setNeutral(colour: Rgb): void;
  /** @param factor on the automatic size */
  setPointScale(factor: number): void;
  /** @param pixelScale pixels per world unit at distance 1 @param pixelRatio of the drawing buffer */
  setPixelScale(pixelScale: number, pixelRatio: number): void;
  dispose(): void;
}

/** Drawn diameter over spacing: of randomly spread points, discs this large leave 0.3 % of a surface open. */
const COVER = 2.7;
/** CSS pixels. Below the first a point flickers, above the second it hides its neighbours. */
const SIZE_LIMITS = [1.6, 40] as const;

function lookupTexture(table: Uint8Array<ArrayBuffer>): DataTexture {
  const texture = new DataTexture(table, COLOUR_TABLE_SIZE, 1, RGBAFormat);
  texture.magFilter = NearestFilter;
  texture.minFilter = NearestFilter;
  texture.needsUpdate = true;
  return texture;
}

function cloudGeometry(cloud: PointCloud): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(cloud.positions, 3));
  if (cloud.colours !== null)
    geometry.setAttribute('fileColour', new BufferAttribute(cloud.colours, 3, true));
  // World space is the unit ball around the bounding box; three need not measure 3 million points again.
  geometry.boundingSphere = new Sphere(new Vector3(), Infinity);
  return geometry;
}

/** The scan is placed so that its bounding sphere is the unit sphere: one scale for camera and controls. */
function place(object: Points, { centre, radius }: Bounds): void {
  const scale = radius > 0 ? 1 / radius : 1;
  object.scale.setScalar(scale);
  object.position.set(-centre[0] * scale, -centre[1] * scale, -centre[2] * scale);
  object.frustumCulled = false;
}

/** The GPU buffer of a score is made once per scan; a later result overwrites it. */
function setScoreAttribute(geometry: BufferGeometry, score: Float32Array): void {
  // A copy of its own: the given array belongs to the store and is never written.
  if (!geometry.hasAttribute('score')) geometry.setAttribute('score', new BufferAttribute(score.slice(), 1));
  const attribute = geometry.getAttribute('score');
  attribute.array.set(score);
  attribute.needsUpdate = true;
}

export function createPointLayer(cloud: PointCloud): PointLayer {
  const bounds = boundsOf(cloud.positions);
  const geometry = cloudGeometry(cloud);
  const uniforms = {
    pointSize: { value: 0 },
    pixelScale: { value: 1 },
    sizeLimits: { value: new Vector2(...SIZE_LIMITS) },
    colourMap: { value: lookupTexture(new Uint8Array(COLOUR_TABLE_SIZE * 4)) },
    range: { value: new Vector2(0, 1) },
    threshold: { value: 0 },
    neutral: { value: new Vector3() },
  };
  const material = new ShaderMaterial({ uniforms, vertexShader, fragmentShader });
  const object = new Points(geometry, material);
  place(object, bounds);

  const scale = bounds.radius > 0 ? 1 / bounds.radius : 1;
  const automaticSize = Math.max(pointSpacing(cloud.positions, bounds) * scale * COVER, 0.002);
  uniforms.pointSize.value = automaticSize;
  // The variant compiled in; changed only when it differs, for a change makes three look up the program.
  const shown = { heatmap: true, scored: false };
  const chooseVariant = () => {
    const score = shown.heatmap && shown.scored;
    if (material.defines.HAS_SCORE === score) return;
    material.defines = { HAS_SCORE: score, HAS_COLOUR: cloud.colours !== null };
    material.needsUpdate = true;
  };
  chooseVariant();

  return {
    object,
    bounds,
    cloud,
    pointSize: () => uniforms.pointSize.value,
    setScore(score) {
      shown.scored = score !== null;
      if (score !== null) setScoreAttribute(geometry, score);
      chooseVariant();
    },
    setHeatmap(style) {
      shown.heatmap = style.on;
      uniforms.range.value.set(style.low, style.high);
      uniforms.threshold.value = style.threshold;
      const texture = uniforms.colourMap.value;
      if (texture.image.data !== style.table) {
        texture.dispose();
        uniforms.colourMap.value = lookupTexture(style.table);
      }
      chooseVariant();
    },
    setNeutral: (colour) => uniforms.neutral.value.set(...colour),
    setPointScale(factor) {
      uniforms.pointSize.value = automaticSize * factor;
    },
    setPixelScale(pixelScale, pixelRatio) {
      uniforms.pixelScale.value = pixelScale;
      uniforms.sizeLimits.value.set(SIZE_LIMITS[0] * pixelRatio, SIZE_LIMITS[1] * pixelRatio);
    },
    dispose() {
      geometry.dispose();
      material.dispose();
      uniforms.colourMap.value.dispose();
    },
  };
}
