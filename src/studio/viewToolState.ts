/** Tools for looking closely: section planes with their profile, measuring, a second scan, the saved picture. */

import { type Box, extentAlong, type Plane } from '../core/sections.ts';
import type { Vec3 } from '../core/types.ts';

export const SECTION_IDS = ['x', 'y', 'z', 'free'] as const;

export type SectionId = (typeof SECTION_IDS)[number];

export interface Section {
  readonly on: boolean;
  /** Unit length; that of an axis for all but the free one. */
  readonly normal: Vec3;
  /** Where along the scan's extent in the direction of the normal, 0 to 1: means the same for every scan. */
  readonly share: number;
  /** Cuts away the other side. */
  readonly flipped: boolean;
}

export const MEASURE_KINDS = ['distance', 'angle'] as const;

export type MeasureKind = (typeof MEASURE_KINDS)[number];

/** So many points make one. */
export const MEASURE_POINTS: Readonly<Record<MeasureKind, number>> = { distance: 2, angle: 3 };

export interface Measurement {
  readonly id: number;
  readonly cloudId: string;
  readonly kind: MeasureKind;
  /** Source units, relative to the cloud's origin. The corner of an angle is the second. */
  readonly points: readonly Vec3[];
}

export interface PinDraft {
  readonly cloudId: string;
  readonly row: number;
  /** null: a new one. */
  readonly id: number | null;
}

export interface PictureOptions {
  readonly size: 1 | 2;
  readonly legend: boolean;
  /** Name of the scan and its verdict. */
  readonly caption: boolean;
  readonly white: boolean;
}

export interface ViewToolState {
  readonly sections: Readonly<Record<SectionId, Section>>;
  /** The one whose profile is shown; null = none. */
  readonly profile: SectionId | null;
  /** Of the slab the profile shows, part of the scan's radius. */
  readonly thickness: number;
  /** What clicks measure; null = nothing. */
  readonly measuring: MeasureKind | null;
  /** Points of the measurement that is being made, with the cloud they are of. */
  readonly begun: { readonly cloudId: string; readonly points: readonly Vec3[] } | null;
  readonly measurements: readonly Measurement[];
  /** The next click on the scan puts a pin there. */
  readonly pinning: boolean;
  /** The pin whose comment is being written. */
  readonly pinDraft: PinDraft | null;
  readonly picture: PictureOptions;
}

const AXES: Readonly<Record<SectionId, Vec3>> = {
  x: [1, 0, 0],
  y: [0, 1, 0],
  z: [0, 0, 1],
  free: [Math.SQRT1_2, Math.SQRT1_2, 0],
};

function initialSection(id: SectionId): Section {
  return { on: false, normal: AXES[id], share: 0.5, flipped: false };
}

export const INITIAL_VIEW_TOOLS: ViewToolState = {
  sections: {
    x: initialSection('x'),
    y: initialSection('y'),
    z: initialSection('z'),
    free: initialSection('free'),
  },
  profile: null,
  thickness: 0.02,
  measuring: null,
  begun: null,
  measurements: [],
  pinning: false,
  pinDraft: null,
  picture: { size: 1, legend: true, caption: true, white: false },
};

/** The plane without regard to which side is cut away, in the units of the box. */
export function planeOf({ normal, share }: Section, box: Box): Plane {
  const [low, high] = extentAlong(normal, box);
  return { normal, offset: low + share * (high - low) };
}

/** @returns the planes that are on, each with its normal towards what is cut away */
export function cuttingPlanes(sections: ViewToolState['sections'], box: Box): Plane[] {
  return SECTION_IDS.flatMap((id) => {
    const section = sections[id];
    if (!section.on) return [];
    const { normal, offset } = planeOf(section, box);
    if (!section.flipped) return [{ normal, offset }];
    return [{ normal: [-normal[0], -normal[1], -normal[2]] as const, offset: -offset }];
  });
}
