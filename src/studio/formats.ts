/** Which files the studio takes for scans: for the file dialog, for messages, for picking scans out of a folder. */

import { SCAN_EXTENSIONS } from '../io/sniffFormat.ts';

export const FORMATS_TEXT = 'PCD, PLY, OBJ, STL, OFF, NPY, LAS and XYZ / TXT / CSV';

/** For the file dialog: ".pcd,.ply,...". */
export const ACCEPTED_FILES = SCAN_EXTENSIONS.map((extension) => `.${extension}`).join(',');

export function looksLikeScan(fileName: string): boolean {
  const extension = fileName.toLowerCase().split('.').at(-1) ?? '';
  return SCAN_EXTENSIONS.includes(extension);
}

/** Endings of files that hold a model. */
export const MODEL_FILES = '.safetensors,.pth,.pt,.ckpt';
