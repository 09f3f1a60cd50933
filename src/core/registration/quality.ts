/** How good an alignment is, in figures and in words. */

export interface RegistrationFigures {
  /** Part of the scan that lies on the reference, 0 to 1. */
  readonly overlap: number;
  /** Median point-to-plane distance of that part, the unit of the clouds. */
  readonly medianResidual: number;
  /** Part of the scan within three deviations of that. */
  readonly inlierRatio: number;
  /** Directions of motion that the shape leaves open: 3 for a plane or a sphere, 1 for a bottle. */
  readonly free: number;
  /** The scan fits when multiplied by it; 1 = its unit is that of the reference. */
  readonly unitFactor: number;
  /** The scan shows the mirror image of the reference. */
  readonly mirrored: boolean;
}

/** `different`: another part, or nothing in common. `doubtful`: a large part does not fit. */
export type RegistrationVerdict = 'aligned' | 'doubtful' | 'different' | 'mirrored' | 'other-unit';

export interface RegistrationQuality extends RegistrationFigures {
  readonly verdict: RegistrationVerdict;
  /** False when the shape leaves motions open. */
  readonly determined: boolean;
  /** One or two sentences for the user. */
  readonly words: string;
}

/** Less of the scan on the reference: not the same part. */
const DIFFERENT = 0.55;
const DOUBTFUL = 0.75;

function verdictOf({ overlap, unitFactor, mirrored }: RegistrationFigures): RegistrationVerdict {
  if (mirrored) return 'mirrored';
  if (overlap < DIFFERENT) return 'different';
  if (unitFactor !== 1) return 'other-unit';
  return overlap < DOUBTFUL ? 'doubtful' : 'aligned';
}

function freedomInWords(free: number): string {
  if (free === 0) return '';
  if (free === 1)
    return ' The shape can be turned or shifted in itself in one direction, which changes no distance.';
  return ` The pose is not determined: the shape (like a plane or a sphere) can be moved in itself in ${free} directions.`;
}

/** @param scale user's units per unit of the clouds; @param unit its name, may be empty */
export function describe(figures: RegistrationFigures, scale: number, unit: string): RegistrationQuality {
  const verdict = verdictOf(figures);
  const share = `${Math.round(100 * figures.overlap)} %`;
  const length = `${(figures.medianResidual * scale).toPrecision(2)}${unit === '' ? '' : ` ${unit}`}`;
  const fit = `${length} median, ${share} overlap`;
  const factor = figures.unitFactor > 1 ? figures.unitFactor : 1 / figures.unitFactor;
  const sentence = {
    aligned: `Aligned: ${fit}.`,
    doubtful: `Aligned, but only ${share} of the scan lie on the reference (${length} median): damaged, or another part?`,
    different: `Not aligned: only ${share} of the scan lie on the reference. They seem to be different parts, or have too little in common.`,
    mirrored: `The scan fits the mirror image of the reference only: a left part against a right one, or a swapped axis?`,
    'other-unit': `The scan fits when its coordinates are ${figures.unitFactor > 1 ? 'multiplied' : 'divided'} by ${Number(factor.toPrecision(4))} (${fit}): is it in another unit?`,
  }[verdict];
  return {
    ...figures,
    verdict,
    determined: figures.free === 0,
    words: sentence + freedomInWords(figures.free),
  };
}
