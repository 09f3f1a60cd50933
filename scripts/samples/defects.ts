/**
 * Defects as changes of the part's signed distance, so that truth needs no guesswork: a point is defective
 * when it lies further than `tolerance` from the sound surface, or on the rim of missing material (the
 * points that are not there cannot carry a label).
 */

import type { Vec3 } from '../../src/core/types.ts';
import {
  add,
  cross,
  dot,
  length3,
  normalAt,
  normalise,
  polyline,
  project,
  type Sdf,
  smoothMax,
} from './sdf.ts';

/** Where and how large; mm. `at` may lie near the surface, it is projected onto it. */
export type DefectSpec =
  | { readonly kind: 'bulge' | 'dent'; readonly at: Vec3; readonly radius: number; readonly height: number }
  | {
      readonly kind: 'scratch' | 'crack';
      readonly path: readonly Vec3[];
      readonly width: number;
      readonly depth: number;
    }
  | { readonly kind: 'hole'; readonly at: Vec3; readonly radius: number; readonly depth: number }
  /** Everything beyond a rough plane through `at` is gone. */
  | { readonly kind: 'broken'; readonly at: Vec3; readonly outward: Vec3 }
  /** The part beyond `at` in direction `along` bends towards `towards`, at most by `slope` (tangent). */
  | {
      readonly kind: 'bend';
      readonly at: Vec3;
      readonly along: Vec3;
      readonly towards: Vec3;
      readonly length: number;
      readonly slope: number;
    };

export interface DefectiveSurface {
  readonly sdf: Sdf;
  /** @returns true where a noise-free surface point belongs to the defect */
  readonly isDefective: (p: Vec3) => boolean;
  /** Its middle and the way it faces. */
  readonly at: Vec3;
  readonly normal: Vec3;
}

/** A deviation from the sound surface below this is not a defect, mm (about 0.6 % of the radius). */
const TOLERANCE = 0.5;
/** Sound points this near to missing material count as its rim, mm. */
const RIM = 1.5;

/** Cosine bump: 1 at 0, 0 from 1 on, slope at most pi/2. */
const bump = (t: number): number => (t >= 1 ? 0 : 0.5 + 0.5 * Math.cos(Math.PI * t));

/** The path laid on the surface, with points in between so that it follows a curved one. */
function surfacePath(sound: Sdf, path: readonly Vec3[]): Vec3[] {
  const out: Vec3[] = [];
  for (let i = 0; i + 1 < path.length; i++)
    for (let s = 0; s < 6; s++) {
      const t = s / 6;
      out.push(project(sound, add(add([0, 0, 0], path[i]!, 1 - t), path[i + 1]!, t)));
    }
  out.push(project(sound, path[path.length - 1]!));
  return out;
}

function deviates(sound: Sdf): (p: Vec3) => boolean {
  return (p) => Math.abs(sound(...p)) > TOLERANCE;
}

/** Takes `tool` (negative where material goes) out of the part. */
function cut(sound: Sdf, tool: Sdf, at: Vec3, normal: Vec3): DefectiveSurface {
  const off = deviates(sound);
  return {
    sdf: (x, y, z) => smoothMax(sound(x, y, z), -tool(x, y, z), 0.3),
    isDefective: (p) => off(p) || tool(...p) < RIM,
    at,
    normal,
  };
}

/** Low waves that make a fracture surface rough, mm. */
const roughness: Sdf = (x, y, z) =>
  0.8 * Math.sin(0.55 * x + 0.3 * z) * Math.cos(0.5 * y) + 0.4 * Math.sin(1.1 * z + 0.9 * y + 0.7 * x);

/** Pushes material along the normal at the centre; the wall moves as a whole, so thin ones keep their thickness. */
function displaced(sound: Sdf, spec: Extract<DefectSpec, { kind: 'bulge' | 'dent' }>): DefectiveSurface {
  const c = project(sound, spec.at);
  const n = normalAt(sound, c);
  const height = spec.kind === 'bulge' ? spec.height : -spec.height;
  const sdf: Sdf = (x, y, z) => {
    const shift = height * bump(length3(x - c[0], y - c[1], z - c[2]) / spec.radius);
    return sound(x - shift * n[0], y - shift * n[1], z - shift * n[2]);
  };
  return { sdf, isDefective: deviates(sound), at: c, normal: n };
}

/** A scratch is a shallow groove; a crack a deep, narrow slit: the same tool, stretched along the normal. */
function grooved(sound: Sdf, spec: Extract<DefectSpec, { kind: 'scratch' | 'crack' }>): DefectiveSurface {
  const path = surfacePath(sound, spec.path);
  const middle = path[Math.floor(path.length / 2)]!;
  const distance = polyline(path);
  const half = spec.width / 2;
  const tool: Sdf = (x, y, z) => {
    const below = Math.max(0, -sound(x, y, z));
    const d = distance(x, y, z);
    const across = Math.sqrt(Math.max(0, d * d - below * below));
    return Math.max(
      across - half * (1 - (0.7 * Math.min(below, spec.depth)) / spec.depth),
      below - spec.depth,
    );
  };
  return cut(sound, tool, middle, normalAt(sound, middle));
}

function bored(sound: Sdf, spec: Extract<DefectSpec, { kind: 'hole' }>): DefectiveSurface {
  const c = project(sound, spec.at);
  const n = normalAt(sound, c);
  const tool: Sdf = (x, y, z) => {
    const p: Vec3 = [x - c[0], y - c[1], z - c[2]];
    const along = dot(p, n);
    const radial = add(p, n, -along);
    const wobble = 0.3 * roughness(x, y, z);
    return Math.max(length3(...radial) - spec.radius + wobble, -along - spec.depth, along - 5);
  };
  return cut(sound, tool, c, n);
}

function bent(sound: Sdf, spec: Extract<DefectSpec, { kind: 'bend' }>): DefectiveSurface {
  const { at, length, slope } = spec;
  const along = normalise(spec.along);
  const towards = normalise(spec.towards);
  const sdf: Sdf = (x, y, z) => {
    const s = dot([x - at[0], y - at[1], z - at[2]], along);
    // Parabola up to `length`, straight beyond: a bend of finite radius.
    const shift = s <= 0 ? 0 : s < length ? (slope * s * s) / (2 * length) : slope * (s - length / 2);
    return sound(x - shift * towards[0], y - shift * towards[1], z - shift * towards[2]);
  };
  return { sdf, isDefective: deviates(sound), at, normal: normalise(cross(along, towards)) };
}

/** @param sound signed distance of the good part */
export function applyDefect(sound: Sdf, spec: DefectSpec): DefectiveSurface {
  switch (spec.kind) {
    case 'bulge':
    case 'dent':
      return displaced(sound, spec);
    case 'scratch':
    case 'crack':
      return grooved(sound, spec);
    case 'hole':
      return bored(sound, spec);
    case 'broken': {
      const outward = normalise(spec.outward);
      const tool: Sdf = (x, y, z) =>
        -dot([x - spec.at[0], y - spec.at[1], z - spec.at[2]], outward) + roughness(x, y, z);
      return cut(sound, tool, spec.at, outward);
    }
    case 'bend':
      return bent(sound, spec);
    default:
      return spec satisfies never;
  }
}
