/** Hands a file to the user through the browser's download. */

/** How long the browser may take to begin, milliseconds. */
const KEEP = 60_000;

/** @param type media type; left out: bytes of no special kind */
export function saveFile(name: string, content: BlobPart, type = 'application/octet-stream'): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEEP);
}
