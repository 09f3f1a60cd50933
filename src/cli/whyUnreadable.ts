/** Why a file cannot be read, in words. */

/** Reasons of the operating system in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is a file, not a folder',
  EACCES: 'no permission to read it',
  ERR_FS_FILE_TOO_LARGE: 'larger than 2 GiB',
};

/** Why the operating system did not let us read, in words. */
export function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be read (${code || String(error)})`;
}
