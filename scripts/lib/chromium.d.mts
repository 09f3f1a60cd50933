/** @returns path of a Chromium binary, null when there is none */
export function findChromium(): string | null;
