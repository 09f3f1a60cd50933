/** What sections are called. */

import type { SectionId } from '../../studio/viewToolState.ts';

export const SECTION_NAMES: Readonly<Record<SectionId, string>> = { x: 'X', y: 'Y', z: 'Z', free: 'Free' };
