/** The modes of the page that exist. What each shows is in `ui/modes.ts`; the address names the mode. */

export const MODE_IDS = ['inspect', 'label', 'train', 'evaluate', 'share'] as const;

export type ModeId = (typeof MODE_IDS)[number];

export const FIRST_MODE: ModeId = 'inspect';

export function isModeId(value: unknown): value is ModeId {
  return MODE_IDS.some((id) => id === value);
}
