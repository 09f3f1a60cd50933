/** Keys that the user gave to actions, over those of the key table. */

/** `key` as `KeyboardEvent.key` has it, letters in lower case; empty = no key. */
export interface KeyChord {
  readonly key: string;
  /** null: with or without, for signs that need Shift on some keyboards only. */
  readonly shift: boolean | null;
  /** With Ctrl, or Command on a Mac. */
  readonly ctrl: boolean;
}

/** By action. */
export type KeyChoices = Readonly<Record<string, KeyChord>>;

export const NO_KEY: KeyChord = { key: '', shift: false, ctrl: false };

export function isKeyChord(value: unknown): value is KeyChord {
  if (typeof value !== 'object' || value === null) return false;
  const { key, shift, ctrl }: Readonly<Record<string, unknown>> = { ...value };
  return (
    typeof key === 'string' && (typeof shift === 'boolean' || shift === null) && typeof ctrl === 'boolean'
  );
}
