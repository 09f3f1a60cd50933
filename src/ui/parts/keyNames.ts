/** Keys that controls show beside their name: those of the key table, or what the user gave in their place. */

import { createContext } from 'react';

/** @param keys as the key table shows them, joined with "+"; null = there is no key any more */
export type KeyName = (keys: string) => string | null;

export const KeyNameContext = createContext<KeyName>((keys) => keys);
