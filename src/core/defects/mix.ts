/**
 * Which pseudo-defects a sample gets: the config, its check, and the draw. Sizes and heights after METHOD
 * "Beyond the original" (1 to 8 defects per sample) with the ranges the studio preset was specified with.
 */

import { InvalidInputError } from '../errors.ts';
import type { RandomStream } from '../random.ts';
import { DEFECT_SHAPES } from './shapes.ts';
import { DEFECT_FAMILIES, type DefectFamily } from './types.ts';

export interface DefectMix {
  /** Each defect is one of these, all equally likely; naming one twice doubles its share. */
  readonly families: readonly DefectFamily[];
  /** Fewest and most defects of a sample. */
  readonly count: readonly [number, number];
  /** Smallest and largest share of the sample's points that one defect takes. */
  readonly share: readonly [number, number];
  /** Smallest and largest displacement, model units. */
  readonly height: readonly [number, number];
  /** Share of the samples that have a gross defect beside: a large end bent far aside, or broken off. None by default. */
  readonly gross?: number;
}

export const STUDIO_DEFECTS: DefectMix = {
  families: DEFECT_FAMILIES,
  count: [1, 8],
  share: [0.003, 0.04],
  height: [0.015, 0.12],
};

const GROSS_FAMILIES = ['bend', 'bend', 'missingPiece'] as const satisfies readonly DefectFamily[];
const GROSS_SHARE = [0.04, 0.25] as const;
const GROSS_HEIGHT = [0.08, 0.4] as const;
/** Stream of the gross defect; those of the others are their numbers. */
const GROSS = 1_000;

/** Fewer points say nothing about a part's shape. */
export const MIN_DEFECT_POINTS = 128;

/** What is drawn for one defect before any geometry. */
export interface DefectPlan {
  readonly family: DefectFamily;
  /** Share of the sample's points. */
  readonly share: number;
  /** Place of the height in its range, 0 to 1; patches that are too small for the upper end have a lower one. */
  readonly height: number;
  /** That range, model units. */
  readonly heights: readonly [number, number];
  /** Key of the stream for place, pose and details. */
  readonly key: number;
}

/** @throws InvalidInputError naming the field */
export function validateDefects({ families, count, share, height, gross = 0 }: DefectMix): void {
  const check = (ok: boolean, field: string, rule: string, value: unknown) => {
    if (!ok)
      throw new InvalidInputError(
        `synthesis.defects.${field}`,
        `must be ${rule}, is ${JSON.stringify(value)}`,
      );
  };
  const known = families.length > 0 && families.every((family) => DEFECT_FAMILIES.includes(family));
  check(known, 'families', `some of ${DEFECT_FAMILIES.join(', ')}`, families);
  const counts = count.every(Number.isInteger) && count[0] >= 1 && count[0] <= count[1] && count[1] <= 64;
  check(counts, 'count', 'two integers from 1 to 64, lowest first', count);
  check(share[0] > 0 && share[0] <= share[1] && share[1] <= 0.5, 'share', 'in (0, 0.5], lowest first', share);
  const heights = height[0] > 0 && height[0] <= height[1] && height[1] <= 1;
  check(heights, 'height', 'in (0, 1], lowest first', height);
  check(gross >= 0 && gross <= 1, 'gross', 'from 0 to 1', gross);
}

/** Small defects are as likely as large ones: sizes are even on a logarithmic scale. */
function logBetween(low: number, high: number, t: number): number {
  return low * (high / low) ** t;
}

function drawGross(stream: RandomStream): DefectPlan {
  return {
    family: GROSS_FAMILIES[stream.below(GROSS_FAMILIES.length)]!,
    share: logBetween(GROSS_SHARE[0], GROSS_SHARE[1], stream.uniform()),
    height: stream.uniform(),
    heights: GROSS_HEIGHT,
    key: stream.key,
  };
}

/** In the order in which they take their places. */
export function drawDefects(mix: DefectMix, stream: RandomStream): DefectPlan[] {
  const { families, count, share, height, gross = 0 } = mix;
  const number = count[0] + stream.below(count[1] - count[0] + 1);
  const plans = Array.from({ length: number }, (_, i) => {
    const family = families[stream.below(families.length)]!;
    const [least, most] = DEFECT_SHAPES[family].sizes;
    return {
      family,
      share: logBetween(share[0], share[1], stream.range(least, most)),
      height: stream.uniform(),
      heights: height,
      key: stream.fork(i).key,
    };
  });
  const large = stream.fork(GROSS);
  return large.uniform() < gross ? [drawGross(large), ...plans] : plans;
}

/**
 * Height of a defect on a patch of this reach: no higher than about as wide, or it would be a spike.
 * @param place 0 to 1
 */
export function heightFor([low, high]: readonly [number, number], reach: number, place: number): number {
  return logBetween(low, Math.max(low, Math.min(high, 1.2 * reach)), place);
}
