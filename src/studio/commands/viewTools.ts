/** Commands for sections, measuring, and the saved picture. */

import { unit } from '../../core/sections.ts';
import type { Vec3 } from '../../core/types.ts';
import { activeScan } from '../state.ts';
import {
  MEASURE_POINTS,
  type MeasureKind,
  type PictureOptions,
  SECTION_IDS,
  type Section,
  type SectionId,
  type ViewToolState,
} from '../viewToolState.ts';
import type { Context } from './context.ts';

export interface ViewToolCommands {
  /** Off also takes its profile away; on shows it. */
  toggleSection(id: SectionId): void;
  /** @param patch the normal need not have length 1; one without direction is not taken */
  setSection(id: SectionId, patch: Partial<Omit<Section, 'on'>>): void;
  /** @param id whose profile is shown; null = none */
  showProfile(id: SectionId | null): void;
  /** @param thickness of the slab, part of the scan's radius */
  setThickness(thickness: number): void;
  /** @param kind what clicks measure from now on; null = nothing */
  setMeasuring(kind: MeasureKind | null): void;
  /** Takes a point of the scan in the viewport; the last one completes the measurement. */
  addMeasurePoint(point: Vec3): void;
  /** @returns false when no measurement was begun */
  dropBegunMeasurement(): boolean;
  removeMeasurement(id: number): void;
  setPicture(patch: Partial<PictureOptions>): void;
}

const THICKNESS_LIMITS = [0.001, 0.5] as const;

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

export function createViewToolCommands(ctx: Context): ViewToolCommands {
  const state = () => ctx.state().viewTools;
  const update = (patch: Partial<ViewToolState>) => ctx.update({ viewTools: { ...state(), ...patch } });
  const putSection = (id: SectionId, section: Section) => ({ ...state().sections, [id]: section });

  return {
    toggleSection(id) {
      const section = state().sections[id];
      const sections = putSection(id, { ...section, on: !section.on });
      const another = SECTION_IDS.find((known) => sections[known].on) ?? null;
      const profile = section.on ? (state().profile === id ? another : state().profile) : id;
      update({ sections, profile });
    },
    setSection(id, { normal, share, flipped }) {
      const section = state().sections[id];
      const sections = putSection(id, {
        ...section,
        normal: (normal === undefined ? null : unit(normal)) ?? section.normal,
        share: share === undefined || !Number.isFinite(share) ? section.share : clamp(share, 0, 1),
        flipped: flipped ?? section.flipped,
      });
      update({ sections });
    },
    showProfile: (profile) => update({ profile }),
    setThickness(thickness) {
      if (Number.isFinite(thickness)) update({ thickness: clamp(thickness, ...THICKNESS_LIMITS) });
    },
    setMeasuring: (measuring) => update({ measuring, begun: null, pinning: false }),
    addMeasurePoint(point) {
      const { measuring, begun, measurements } = state();
      const cloudId = activeScan(ctx.state())?.cloud?.id;
      if (measuring === null || cloudId === undefined) return;
      const points = [...(begun?.cloudId === cloudId ? begun.points : []), point];
      if (points.length < MEASURE_POINTS[measuring]) {
        update({ begun: { cloudId, points } });
        return;
      }
      const made = { id: ctx.nextId(), cloudId, kind: measuring, points };
      update({ begun: null, measurements: [...measurements, made] });
    },
    dropBegunMeasurement() {
      if (state().begun === null) return false;
      update({ begun: null });
      return true;
    },
    removeMeasurement: (id) =>
      update({ measurements: state().measurements.filter((measurement) => measurement.id !== id) }),
    setPicture: (patch) => update({ picture: { ...state().picture, ...patch } }),
  };
}
