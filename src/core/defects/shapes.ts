/** The families: how each grows its patch, how large, and what it does there. */

import { bend } from './bend.ts';
import { bulge, dent } from './bulge.ts';
import { dimples } from './dimples.ts';
import { flatSpot } from './flatSpot.ts';
import { missingPiece } from './missingPiece.ts';
import { crack, hole } from './opening.ts';
import { ridge, scratch, trench } from './ridge.ts';
import { ripple } from './ripple.ts';
import { shear } from './shear.ts';
import type { DefectFamily, DefectShape } from './types.ts';

const disc = { kind: 'disc' } as const;
const tip = { kind: 'tip' } as const;
const whole = [0, 1] as const;

export const DEFECT_SHAPES: Readonly<Record<DefectFamily, DefectShape>> = {
  bulge: { growth: disc, sizes: whole, apply: bulge },
  dent: { growth: disc, sizes: whole, apply: dent },
  ridge: { growth: { kind: 'line', stretch: [3, 8] }, sizes: whole, apply: ridge },
  trench: { growth: { kind: 'line', stretch: [3, 8] }, sizes: whole, apply: trench },
  flatSpot: { growth: disc, sizes: whole, apply: flatSpot },
  shear: { growth: disc, sizes: [0.2, 1], apply: shear },
  ripple: { growth: disc, sizes: [0.2, 1], apply: ripple },
  dimples: { growth: disc, sizes: [0.3, 1], apply: dimples },
  scratch: { growth: { kind: 'line', stretch: [10, 30] }, sizes: [0, 0.3], apply: scratch },
  crack: { growth: { kind: 'line', stretch: [6, 20] }, sizes: [0, 0.4], apply: crack },
  hole: { growth: disc, sizes: whole, apply: hole },
  missingPiece: { growth: tip, sizes: whole, apply: missingPiece },
  bend: { growth: tip, sizes: [0.3, 1], apply: bend },
};
