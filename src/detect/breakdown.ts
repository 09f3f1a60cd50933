/** The figures of one category taken apart: by kind of defect, and by object from the worst mistake on. */

import { type CategoryResult, evaluateCategory, type ScoredScan } from './evaluate.ts';

export interface TypedScan extends ScoredScan {
  /** "bulge", "crak", ...; null for good objects. */
  readonly defectType: string | null;
}

/** One kind of defect: its objects against all good ones of the category. */
export interface DefectTypeResult extends CategoryResult {
  readonly defectType: string;
}

/** Sorted by name. @throws InvalidInputError as `evaluateCategory` */
export function byDefectType(category: string, scans: readonly TypedScan[]): DefectTypeResult[] {
  const good = scans.filter(({ anomalous }) => !anomalous);
  const types = new Set(scans.flatMap(({ defectType }) => (defectType === null ? [] : [defectType])));
  return [...types].sort().map((defectType) => ({
    defectType,
    ...evaluateCategory(category, [...good, ...scans.filter((scan) => scan.defectType === defectType)]),
  }));
}

/**
 * How badly a verdict at this threshold is wrong, as a share of the threshold; negative = right, by that much.
 */
export function mistake(
  { anomalous, objectScore }: Pick<ScoredScan, 'anomalous' | 'objectScore'>,
  threshold: number,
): number {
  const above = (objectScore - threshold) / Math.max(Math.abs(threshold), Number.MIN_VALUE);
  return anomalous ? -above : above;
}

/** The worst mistake first; equal ones in the order they came. */
export function worstFirst<T extends Pick<ScoredScan, 'anomalous' | 'objectScore'>>(
  scans: readonly T[],
  threshold: number,
): T[] {
  return [...scans].sort((a, b) => mistake(b, threshold) - mistake(a, threshold));
}
