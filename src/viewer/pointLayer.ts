/**
 * One scan as GPU points. Score travels as one vertex attribute, uploaded once per result; colour map,
 * range and threshold are uniforms, so that moving a slider uploads nothing. Labels and selection are a
 * further attribute, `mark`.
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
  Vector4,
} from 'three';
import { COLOUR_TABLE_SIZE } from '../core/colourMaps.ts';
import type { Plane } from '../core/sections.ts';
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

/** A mark per point, over whatever colour the point has: labels, a selection. */
export interface PointMarks {
  /** [N] row of the palette; `HIDDEN_MARK` = not drawn. */
  readonly marks: Uint8Array;
  /** [4 * 256] RGBA; alpha = how much of the colour shows, 0 for no mark. */
  readonly palette: Uint8Array<ArrayBuffer>;
}

export const HIDDEN_MARK = 255;

/** As many as the shader has room for. */
const MOST_SECTIONS = 4;
/** Drawn diameter over spacing: of randomly spread points, discs this large leave 0.3 % of a surface open. */
const COVER = 2.7;
/** Diameter of the points where their spacing is unknown, world units. */
const SMALLEST_SIZE = 0.002;
/** CSS pixels. Below the first a point flickers, above the second it hides its neighbours. */
const SIZE_LIMITS = [2, 40] as const;

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

function pointUniforms() {
  return {
    pointSize: { value: SMALLEST_SIZE },
    pixelScale: { value: 1 },
    sizeLimits: { value: new Vector2(...SIZE_LIMITS) },
    colourMap: { value: lookupTexture(new Uint8Array(COLOUR_TABLE_SIZE * 4)) },
    range: { value: new Vector2(0, 1) },
    threshold: { value: 0 },
    neutral: { value: new Vector3() },
    restore: { value: 0 },
    sections: { value: Array.from({ length: MOST_SECTIONS }, () => new Vector4()) },
    palette: { value: lookupTexture(new Uint8Array(COLOUR_TABLE_SIZE * 4)) },
  };
}

/** @param cloud at least one point */
export class PointLayer {
  readonly cloud: PointCloud;
  readonly bounds: Bounds;
  readonly object: Points<BufferGeometry, ShaderMaterial>;
  private readonly uniforms = pointUniforms();
  private readonly automaticSize: number;
  private heatmap = true;
  private scored = false;
  private restorable = false;
  private marked = false;

  constructor(cloud: PointCloud) {
    this.cloud = cloud;
    const material = new ShaderMaterial({ uniforms: this.uniforms, vertexShader, fragmentShader });
    this.object = new Points(cloudGeometry(cloud), material);
    this.object.frustumCulled = false;
    this.bounds = boundsOf(cloud.positions);
    this.place(this.bounds);
    const spacing = pointSpacing(cloud.positions, this.bounds) * this.object.scale.x;
    this.automaticSize = Math.max(spacing * COVER, SMALLEST_SIZE);
    this.setPointScale(1);
    this.chooseVariant();
  }

  /** Mean diameter of the drawn points, world units. */
  pointSize(): number {
    return this.uniforms.pointSize.value;
  }

  /** @param factor on the automatic size */
  setPointScale(factor: number): void {
    this.uniforms.pointSize.value = this.automaticSize * factor;
  }

  /** @param pixelScale pixels per world unit at distance 1 @param pixelRatio of the drawing buffer */
  setPixelScale(pixelScale: number, pixelRatio: number): void {
    this.uniforms.pixelScale.value = pixelScale;
    this.uniforms.sizeLimits.value.set(SIZE_LIMITS[0] * pixelRatio, SIZE_LIMITS[1] * pixelRatio);
  }

  setNeutral(colour: Rgb): void {
    this.uniforms.neutral.value.set(...colour);
  }

  /** @param score [N] model units; null = none. Copied: the given array belongs to the store. */
  setScore(score: Float32Array | null): void {
    this.scored = score !== null;
    const { geometry } = this.object;
    if (score !== null && geometry.hasAttribute('score')) {
      // The GPU buffer is made once per scan; a later result overwrites it.
      const attribute = geometry.getAttribute('score');
      attribute.array.set(score);
      attribute.needsUpdate = true;
    } else if (score !== null) geometry.setAttribute('score', new BufferAttribute(score.slice(), 1));
    this.chooseVariant();
  }

  /** @param marks null = none. Copied: the given array belongs to the store. */
  setMarks(marks: PointMarks | null): void {
    this.marked = marks !== null;
    const { geometry } = this.object;
    if (marks !== null) {
      if (geometry.hasAttribute('mark')) {
        const attribute = geometry.getAttribute('mark');
        attribute.array.set(marks.marks);
        attribute.needsUpdate = true;
      } else geometry.setAttribute('mark', new BufferAttribute(marks.marks.slice(), 1));
      const texture = this.uniforms.palette.value;
      if (texture.image.data !== marks.palette) {
        texture.dispose();
        this.uniforms.palette.value = lookupTexture(marks.palette);
      }
    }
    this.chooseVariant();
  }

  /** @param offsets [3N] model units, uploaded once; null = none */
  setOffsets(offsets: Float32Array | null): void {
    this.restorable = offsets !== null;
    if (offsets !== null)
      this.object.geometry.setAttribute('offset', new BufferAttribute(offsets.slice(), 3));
    this.chooseVariant();
  }

  /** @param distance how far points go back along their offset, source units per model unit */
  setRestore(distance: number): void {
    this.uniforms.restore.value = distance;
  }

  /** @param planes at most four; further ones are not drawn */
  setSections(planes: readonly Plane[]): void {
    this.uniforms.sections.value.forEach((uniform, i) => {
      const plane = planes[i];
      if (plane === undefined) uniform.set(0, 0, 0, 0);
      else uniform.set(...plane.normal, plane.offset);
    });
  }

  setHeatmap({ on, table, low, high, threshold }: HeatmapStyle): void {
    this.heatmap = on;
    this.uniforms.range.value.set(low, high);
    this.uniforms.threshold.value = threshold;
    const texture = this.uniforms.colourMap.value;
    if (texture.image.data !== table) {
      texture.dispose();
      this.uniforms.colourMap.value = lookupTexture(table);
    }
    this.chooseVariant();
  }

  /** @returns [3M] world coordinates of at most about `most` points, evenly taken */
  samplePoints(most: number): Float32Array {
    this.object.updateMatrixWorld();
    const { positions } = this.cloud;
    const count = positions.length / 3;
    const stride = Math.ceil(count / most);
    const points = new Float32Array(3 * Math.ceil(count / stride));
    const point = new Vector3();
    for (let i = 0, at = 0; i < count; i += stride, at += 3)
      point
        .fromArray(positions, 3 * i)
        .applyMatrix4(this.object.matrixWorld)
        .toArray(points, at);
    return points;
  }

  dispose(): void {
    this.object.geometry.dispose();
    this.object.material.dispose();
    this.uniforms.colourMap.value.dispose();
    this.uniforms.palette.value.dispose();
  }

  /** Puts the scan so that its bounding sphere is the unit sphere: one scale for camera and controls. */
  private place({ centre, radius }: Bounds): void {
    const scale = radius > 0 ? 1 / radius : 1;
    this.object.scale.setScalar(scale);
    this.object.position.set(-centre[0] * scale, -centre[1] * scale, -centre[2] * scale);
  }

  /** Compiled in; changed only when it differs, for a change makes three look up the program. */
  private chooseVariant(): void {
    const { material } = this.object;
    const score = this.heatmap && this.scored;
    const { HAS_SCORE, HAS_MARK, HAS_OFFSET } = material.defines;
    if (HAS_SCORE === score && HAS_MARK === this.marked && HAS_OFFSET === this.restorable) return;
    material.defines = {
      HAS_SCORE: score,
      HAS_OFFSET: this.restorable,
      HAS_COLOUR: this.cloud.colours !== null,
      HAS_MARK: this.marked,
    };
    material.needsUpdate = true;
  }
}
