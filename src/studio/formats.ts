/** Which files the studio takes for scans: for the file dialog, for messages, for picking scans out of a folder. */

import { isArchive, looksLikeScan, SCAN_EXTENSIONS } from '../io/sniffFormat.ts';

export { isArchive, looksLikeScan };

export const FORMATS_TEXT =
  'PCD, PLY, OBJ, STL, OFF, NPY, LAS, LAZ, E57, PTX and XYZ / TXT / CSV, also packed (gz, zip)';

/** For the file dialog: ".pcd,.ply,...". */
export const ACCEPTED_FILES = [...SCAN_EXTENSIONS, 'gz', 'zip'].map((extension) => `.${extension}`).join(',');

/** Endings of files that hold a model. */
export const MODEL_FILES = '.safetensors,.pth,.pt,.ckpt';
