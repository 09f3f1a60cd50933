/** Verdicts as people read them. */

import type { Verdict } from '../engine/protocol.ts';

export const VERDICT_TEXT: Readonly<Record<Verdict, string>> = {
  ok: 'OK',
  'not-ok': 'NOT OK',
  uncalibrated: 'Not calibrated',
  'not-aligned': 'NO VERDICT',
};
