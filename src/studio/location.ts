/** The one door to the page's address: `?sample=ID` opens a bundled sample. */

const PARAMETER = 'sample';

/** @param search the query part of an address, with or without "?" */
export function sampleInSearch(search: string): string | null {
  const id = new URLSearchParams(search).get(PARAMETER);
  return id === null || id === '' ? null : id;
}

/** @returns the same address with the sample set, or removed for null; other parameters stay */
export function withSample(href: string, id: string | null): string {
  const url = new URL(href);
  if (id === null) url.searchParams.delete(PARAMETER);
  else url.searchParams.set(PARAMETER, id);
  return url.href;
}

export interface PageLocation {
  sample(): string | null;
  /** Keeps the address bar a link to what is shown, without a new history entry. */
  showSample(id: string | null): void;
}

export function browserLocation(): PageLocation {
  return {
    sample: () => sampleInSearch(window.location.search),
    showSample: (id) => window.history.replaceState(null, '', withSample(window.location.href, id)),
  };
}
