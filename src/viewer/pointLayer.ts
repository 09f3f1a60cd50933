/**
 * One scan as GPU points, in pieces that are uploaded one per frame. Score travels as one vertex attribute, uploaded once per result; colour map,
 * range and threshold are uniforms, so that moving a slider uploads nothing. Labels and selection are a
 * further attribute, `mark`.
 */

import {
  BufferAttribute,
  DataTexture,
  Group,
  Matrix4,
  NearestFilter,
  RGBAFormat,
  ShaderMaterial,
  type TypedArray,
  Vector2,
  Vector3,
  Vector4,
} from 'three';
import { COLOUR_TABLE_SIZE } from '../core/colourMaps.ts';
import { IDENTITY } from '../core/registration/pose.ts';
import type { Plane } from '../core/sections.ts';
import type { PointCloud } from '../core/types.ts';
import type { UpAxis } from '../core/upAxis.ts';
import type { Placement } from './placement.ts';
import { CHUNK_POINTS, PointChunk, type UploadedOrder } from './pointChunk.ts';
import { PASSES, pointOrder } from './pointOrder.ts';
import { type Rgb, rgb } from './rgb.ts';
import fragmentShader from './shaders/points.frag?raw';
import vertexShader from './shaders/points.vert?raw';
import { type Bounds, boundsOf, pointSpacing } from './spacing.ts';
import { upright } from './upright.ts';

/** How scores become colours. Scores in model units. */
export interface HeatmapStyle {
  readonly on: boolean;
  /** [4 * 256] RGBA of the colour map. */
  readonly table: Uint8Array<ArrayBuffer>;
  readonly low: number;
  readonly high: number;
  readonly threshold: number;
  /** Colour of what does not exceed it, `#rrggbb`; missing = neutral. */
  readonly inside?: string | undefined;
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

function pointUniforms() {
  return {
    pointSize: { value: SMALLEST_SIZE },
    pixelScale: { value: 1 },
    sizeLimits: { value: new Vector2(...SIZE_LIMITS) },
    colourMap: { value: lookupTexture(new Uint8Array(COLOUR_TABLE_SIZE * 4)) },
    range: { value: new Vector2(0, 1) },
    threshold: { value: 0 },
    neutral: { value: new Vector3() },
    inside: { value: new Vector3() },
    restore: { value: 0 },
    sections: { value: Array.from({ length: MOST_SECTIONS }, () => new Vector4()) },
    palette: { value: lookupTexture(new Uint8Array(COLOUR_TABLE_SIZE * 4)) },
  };
}

/** Scans with fewer points are never thinned. */
const NEVER_THINNED = 200_000;

/** @param cloud at least one point */
export class PointLayer {
  readonly cloud: PointCloud;
  readonly bounds: Bounds;
  private readonly placement: Placement;
  /** Its matrix takes source units to the world. */
  readonly object = new Group();
  /** Points of the scan. */
  readonly count: number;
  private readonly uniforms = pointUniforms();
  private readonly material = new ShaderMaterial({ uniforms: this.uniforms, vertexShader, fragmentShader });
  private readonly chunks: readonly PointChunk[];
  /** By number of points; made when the scan is thinned for the first time. */
  private readonly orders = new Map<number, UploadedOrder>();
  /** Pieces that are drawn; the others wait for a frame to be uploaded in. */
  private admitted = 0;
  private readonly automaticSize: number;
  private pointScale = 1;
  private heatmap = true;
  private inside: Rgb | null = null;
  private scored = false;
  private restorable = false;
  private marked = false;

  /** @param placement null = the scan's own bounds become the unit sphere */
  constructor(cloud: PointCloud, placement: Placement | null = null, up: UpAxis = '+z') {
    this.cloud = cloud;
    this.count = cloud.positions.length / 3;
    this.bounds = boundsOf(cloud.positions);
    const pieces = Math.ceil(this.count / CHUNK_POINTS);
    this.chunks = Array.from({ length: pieces }, (_, at) => {
      const first = at * CHUNK_POINTS;
      return new PointChunk(first, Math.min(CHUNK_POINTS, this.count - first), this.material);
    });
    this.setAttribute('position', cloud.positions, 3);
    if (cloud.colours !== null) this.setAttribute('fileColour', cloud.colours, 3, true);
    this.admit();
    this.placement = placement ?? { bounds: this.bounds, pose: IDENTITY };
    this.stand(up);
    const spacing = pointSpacing(cloud.positions, this.bounds) * this.object.scale.x;
    this.automaticSize = Math.max(spacing * COVER, SMALLEST_SIZE);
    this.setPointScale(1);
    this.chooseVariant();
  }

  /**
   * Puts the scan so that its bounding sphere is the unit sphere, one scale for camera and controls, and stands
   * it up: the world's Z is up.
   */
  stand(up: UpAxis): void {
    const { bounds, pose } = this.placement;
    const { rotation: r, translation: t } = pose;
    const { object } = this;
    const scale = bounds.radius > 0 ? 1 / bounds.radius : 1;
    const turn = new Matrix4().set(r[0], r[1], r[2], 0, r[3], r[4], r[5], 0, r[6], r[7], r[8], 0, 0, 0, 0, 1);
    const standing = upright(up);
    object.scale.setScalar(scale);
    object.quaternion.setFromRotationMatrix(turn).premultiply(standing);
    object.position
      .set(...t)
      .sub(new Vector3(...bounds.centre))
      .multiplyScalar(scale)
      .applyQuaternion(standing);
    // Points can be picked before the first frame.
    object.updateMatrixWorld();
  }

  /** Takes one more piece into the picture. @returns whether there was one */
  admit(): boolean {
    const next = this.chunks[this.admitted];
    if (next === undefined) return false;
    this.object.add(next.object);
    this.admitted++;
    return true;
  }

  /** False for scans that are always drawn whole. */
  get thinnable(): boolean {
    return this.count > NEVER_THINNED;
  }

  /**
   * What the next drawing has of the scan: passes of `pointOrder`, `from` up to but without `to`.
   * @param grown as large as the spacing of those that are drawn asks for
   */
  showPasses(from: number, to: number, grown: boolean): void {
    const whole = from === 0 && to === PASSES;
    for (const chunk of this.chunks) chunk.showPasses(whole ? null : this.orderOf(chunk.size), from, to);
    const growth = grown ? Math.sqrt(PASSES / (to - from)) : 1;
    this.uniforms.pointSize.value = this.automaticSize * this.pointScale * growth;
  }

  /** Mean diameter of the drawn points, world units. */
  pointSize(): number {
    return this.automaticSize * this.pointScale;
  }

  /** The same as they are drawn now: larger while the scan is thinned. */
  drawnSize(): number {
    return this.uniforms.pointSize.value;
  }

  /** @param factor on the automatic size */
  setPointScale(factor: number): void {
    this.pointScale = factor;
    this.uniforms.pointSize.value = this.pointSize();
  }

  /** @param pixelScale pixels per world unit at distance 1 @param pixelRatio of the drawing buffer */
  setPixelScale(pixelScale: number, pixelRatio: number): void {
    this.uniforms.pixelScale.value = pixelScale;
    this.uniforms.sizeLimits.value.set(SIZE_LIMITS[0] * pixelRatio, SIZE_LIMITS[1] * pixelRatio);
  }

  setNeutral(colour: Rgb): void {
    this.uniforms.neutral.value.set(...colour);
    this.setInside();
  }

  /** @param score [N] model units, uploaded once; null = none */
  setScore(score: Float32Array | null): void {
    this.scored = score !== null;
    // The GPU buffer is made once per scan; a later result overwrites it.
    if (score !== null) this.setAttribute('score', score, 1);
    this.chooseVariant();
  }

  /** @param marks null = none */
  setMarks(marks: PointMarks | null): void {
    this.marked = marks !== null;
    if (marks !== null) {
      this.setAttribute('mark', marks.marks, 1);
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
    if (offsets !== null) this.setAttribute('offset', offsets, 3);
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

  setHeatmap({ on, table, low, high, threshold, inside }: HeatmapStyle): void {
    this.heatmap = on;
    this.inside = inside === undefined ? null : rgb(inside);
    this.setInside();
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
    for (const chunk of this.chunks) chunk.dispose();
    this.material.dispose();
    this.uniforms.colourMap.value.dispose();
    this.uniforms.palette.value.dispose();
  }

  private setInside(): void {
    const { inside, neutral } = this.uniforms;
    if (this.inside === null) inside.value.copy(neutral.value);
    else inside.value.set(...this.inside);
  }

  private setAttribute(name: string, values: TypedArray, size: number, normalised = false): void {
    for (const chunk of this.chunks) chunk.setAttribute(name, values, size, normalised);
  }

  private orderOf(count: number): UploadedOrder {
    const known = this.orders.get(count);
    if (known !== undefined) return known;
    const order = pointOrder(count);
    const made = { order, index: new BufferAttribute(order.indices, 1) };
    this.orders.set(count, made);
    return made;
  }

  /** Compiled in; changed only when it differs, for a change makes three look up the program. */
  private chooseVariant(): void {
    const { material } = this;
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
