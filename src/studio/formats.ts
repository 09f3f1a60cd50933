/** The file names the studio takes for scans: for the file dialog and for picking scans out of a folder. */

export const SCAN_EXTENSIONS: readonly string[] = [
  '.pcd',
  '.ply',
  '.obj',
  '.stl',
  '.xyz',
  '.txt',
  '.csv',
  '.pts',
];

export const FORMATS_TEXT = 'PCD, PLY, OBJ, STL and XYZ / TXT / CSV';

export function looksLikeScan(fileName: string): boolean {
  const name = fileName.toLowerCase();
  return SCAN_EXTENSIONS.some((extension) => name.endsWith(extension));
}
