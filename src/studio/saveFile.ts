/** Hands a file to the user through the browser's download. */

export function saveFile(name: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes]));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken its own hold of the data when the click was handled.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
