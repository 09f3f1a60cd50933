/**
 * Takes a shared heatmap from the page that opened this one ("Open in studio"): from page to page, so that
 * neither key nor data pass a server or a disk. `src/view/openInStudio.ts` is the other side.
 */

const PATIENCE = 30_000;

export interface Handover {
  /** @returns the bundle, or null when no page has one for us */
  receive(): Promise<Uint8Array<ArrayBuffer> | null>;
}

function bundleIn(data: unknown): ArrayBuffer | null {
  if (typeof data !== 'object' || data === null || !('share' in data)) return null;
  return data.share instanceof ArrayBuffer ? data.share : null;
}

export function browserHandover(): Handover {
  return {
    receive() {
      const opener: Window | null = window.opener;
      if (opener === null) return Promise.resolve(null);
      return new Promise((resolve) => {
        const done = (bytes: ArrayBuffer | null) => {
          clearTimeout(timer);
          window.removeEventListener('message', listen);
          resolve(bytes === null ? null : new Uint8Array(bytes));
        };
        const listen = (event: MessageEvent<unknown>) => {
          const bytes = event.origin === window.location.origin ? bundleIn(event.data) : null;
          if (event.source === opener && bytes !== null) done(bytes);
        };
        const timer = setTimeout(() => done(null), PATIENCE);
        window.addEventListener('message', listen);
        opener.postMessage('ready for share', window.location.origin);
      });
    },
  };
}
