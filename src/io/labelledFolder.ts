/**
 * A folder of scans with label files beside them, told from names alone: `part.ply` and `part.txt`, `part.pcd`
 * and `part_labels.npy`, `points_3.npy` and `true label_3.npy`. A scan without a partner may carry the labels
 * itself. Whether an object is anomalous is what its labels say.
 */

import { extensionOf, SCAN_EXTENSIONS } from './sniffFormat.ts';

export interface LabelledItem {
  /** The scan, as it was given. */
  readonly path: string;
  /** File name without extension. */
  readonly name: string;
  /** Its label file; null when the labels can only be in the scan itself. */
  readonly labelPath: string | null;
}

/** Words that say what a file holds and not which object it is of. */
const LABEL_WORDS = /^(label|labels|labelled|labeled|gt|truth|mask|true|annotation|annotations)$/;
const SCAN_WORDS = /^(points?|clouds?|scans?|pcd|xyz|pointclouds?)$/;

interface Named {
  readonly path: string;
  readonly stem: string;
  /** What is left of folder and name without the words above. */
  readonly key: string;
  readonly saysLabels: boolean;
}

function named(path: string): Named {
  const parts = path.replace(/\\/g, '/').split('/');
  const file = parts.at(-1)!;
  const stem = file.replace(/\.[^.]*$/, '');
  const words = (text: string) => text.toLowerCase().split(/[\s_-]+|(?<=\D)(?=\d)/);
  const folders = parts.slice(0, -1).filter((folder) => !words(folder).every(isFilling));
  const own = words(stem);
  const inLabelFolder = parts.slice(0, -1).some((folder) => words(folder).some((w) => LABEL_WORDS.test(w)));
  const key = [...folders, own.filter((word) => !isFilling(word)).join('_')].join('/').toLowerCase();
  return { path, stem, key, saysLabels: inLabelFolder || own.some((word) => LABEL_WORDS.test(word)) };
}

function isFilling(word: string): boolean {
  return LABEL_WORDS.test(word) || SCAN_WORDS.test(word);
}

/** Of files with one key: what says so holds labels, else the text beside another format. */
function pair(files: readonly Named[]): LabelledItem[] {
  const labels = files.filter(({ saysLabels }) => saysLabels);
  const scans = files.filter(({ saysLabels }) => !saysLabels);
  if (labels.length === 0 && scans.length === 2) {
    const text = scans.find(({ path }) => extensionOf(path) === 'txt');
    const scan = scans.find((file) => file !== text);
    if (text !== undefined && scan !== undefined)
      return [{ path: scan.path, name: scan.stem, labelPath: text.path }];
  }
  if (scans.length === 1 && labels.length === 1)
    return [{ path: scans[0]!.path, name: scans[0]!.stem, labelPath: labels[0]!.path }];
  // Nothing to pair, or nobody can say which belongs to which: each for itself, its labels inside.
  return files.map(({ path, stem }) => ({ path, name: stem, labelPath: null }));
}

/**
 * @param paths of files below the folder the user chose, with either slash
 * @returns sorted by path; empty when there are no scans
 */
export function labelledItems(paths: readonly string[]): LabelledItem[] {
  const groups = new Map<string, Named[]>();
  for (const path of [...paths].sort()) {
    const plain = path.replace(/\\/g, '/');
    // Archives made on a Mac carry shadow files.
    if (/(^|\/)(\.|__MACOSX\/)/.test(plain) || !SCAN_EXTENSIONS.includes(extensionOf(plain))) continue;
    const file = named(path);
    groups.set(file.key, [...(groups.get(file.key) ?? []), file]);
  }
  return [...groups.values()].flatMap(pair).sort((a, b) => (a.path < b.path ? -1 : 1));
}
