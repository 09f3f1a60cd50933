/** Hands a shared heatmap to a studio in a new tab: from page to page, through no server and no storage. */

/** How long the new tab may take to begin listening, milliseconds. */
const PATIENCE = 60_000;

/** @param base address of the studio's folder */
export function openInStudio(base: string, bytes: Uint8Array<ArrayBuffer>): void {
  const studio = window.open(new URL('./?shared=1', base));
  if (studio === null) return;
  const answer = (event: MessageEvent<unknown>) => {
    if (
      event.source !== studio ||
      event.origin !== window.location.origin ||
      event.data !== 'ready for share'
    )
      return;
    stop();
    studio.postMessage({ share: bytes.slice().buffer }, window.location.origin);
  };
  const stop = () => window.removeEventListener('message', answer);
  window.addEventListener('message', answer);
  setTimeout(stop, PATIENCE);
}
