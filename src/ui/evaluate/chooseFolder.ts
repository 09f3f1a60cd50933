/** A whole folder from the browser's own dialog. */

import type { PlacedFile } from '../../studio/commands.ts';

/** Must be called from a click or a key. Nothing is read yet. */
export function chooseFolder(onFiles: (files: PlacedFile[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  input.addEventListener('change', () => {
    const files = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath, file }));
    if (files.length > 0) onFiles(files);
  });
  input.click();
}
