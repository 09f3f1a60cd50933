/** Files from the browser's own dialog, or out of a drop (folders included). */

import type { PlacedFile } from '../../studio/commands.ts';
import { ACCEPTED_FILES } from '../../studio/formats.ts';

/** Opens the file dialog; must be called from a click or a key. @param accept endings of the files */
export function chooseFiles(onFiles: (files: File[]) => void, accept = ACCEPTED_FILES): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = accept;
  input.addEventListener('change', () => {
    if (input.files !== null && input.files.length > 0) onFiles([...input.files]);
  });
  input.click();
}

export interface Dropped {
  /** With their paths below what was dropped. */
  readonly files: readonly PlacedFile[];
  /** True when at least one folder was dropped. */
  readonly folder: boolean;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

async function filesBelow(entry: FileSystemEntry): Promise<PlacedFile[]> {
  // The browser's types do not tell files from folders; its two flags do.
  if (entry.isFile)
    return [{ path: entry.fullPath.replace(/^\//, ''), file: await fileOf(entry as FileSystemFileEntry) }];
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: PlacedFile[] = [];
  for (;;) {
    // A reader hands out at most a hundred entries at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const child of some) files.push(...(await filesBelow(child)));
  }
}

/** @param data of a drop event; read at once, for it is empty after the event */
export async function droppedFiles(data: DataTransfer): Promise<Dropped> {
  const items = [...data.items].filter((item) => item.kind === 'file');
  const sources = items.map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files: PlacedFile[] = [];
  let folder = false;
  for (const { entry, file } of sources) {
    if (entry?.isDirectory) {
      folder = true;
      files.push(...(await filesBelow(entry)));
    } else if (file !== null) files.push({ path: file.name, file });
  }
  files.sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
  return { files, folder };
}
