/**
 * The layouts of the public benchmarks, recognised from relative paths alone:
 *
 *     Anomaly-ShapeNet   pcd/<category>/{train,test,GT}, obj/<category>/*.obj
 *     Real3D-AD          <category>/{train,test,gt}
 *
 * Good test objects are called *_positive*, *_good* or *_template*, all others are anomalous and have a
 * ground truth text of the same name. Source: METHOD.md, "Evaluation protocol".
 */

import { contentHash } from '../core/contentHash.ts';
import { type ErrorValue, FormatError } from '../core/errors.ts';
import type { PointCloud } from '../core/types.ts';
import { finishCloud } from './finishCloud.ts';
import { GrowableFloat64 } from './growable.ts';
import { extensionOf } from './sniffFormat.ts';
import { TextScanner } from './textScanner.ts';

export type DatasetLayout = 'anomaly-shapenet' | 'real3d-ad';

export interface TestItem {
  /** The scan, as it was given. */
  readonly path: string;
  /** File name without extension. */
  readonly name: string;
  readonly good: boolean;
  /** "bulge", "crak", ...; null for good objects. */
  readonly defectType: string | null;
  /** Coordinates and labels of an anomalous object; null for good ones and where it is missing. */
  readonly gtPath: string | null;
}

export interface DatasetCategory {
  readonly name: string;
  /** Good scans to train on. */
  readonly train: readonly string[];
  /** Meshes of the templates (Anomaly-ShapeNet), from which the original trains. */
  readonly meshes: readonly string[];
  /** Sorted by path. */
  readonly test: readonly TestItem[];
  /** What keeps the category from being evaluated: anomalous objects without ground truth, by name. */
  readonly errors: readonly ErrorValue[];
}

export interface Dataset {
  readonly layout: DatasetLayout;
  /** Sorted by name. */
  readonly categories: readonly DatasetCategory[];
}

/** Preferred first: where a sample lies there in two formats, one is taken. */
const SCANS = ['pcd', 'ply', 'obj', 'stl', 'xyz', 'txt', 'npy'];

/** .../<category>/<part>/<file> */
const PART = /^(?:(.*)\/)?([^/]+)\/(train|test|gt)\/([^/]+)$/i;
/** .../obj/<category>/<file>.obj */
const MESH = /(?:^|\/)obj\/([^/]+)\/[^/]+\.obj$/i;
const GOOD = /_(positive|good|template)/i;

interface Files {
  readonly train: string[];
  readonly test: string[];
  /** Sample name in lower case -> path. */
  readonly truth: Map<string, string>;
}

/**
 * @param paths of files below the folder the user chose, with either slash
 * @returns null when it is neither layout
 */
export function recogniseDataset(paths: readonly string[]): Dataset | null {
  const categories = new Map<string, Files>();
  const meshes = new Map<string, string[]>();
  let shapenet = false;
  for (const path of [...paths].sort()) {
    const plain = path.replace(/\\/g, '/');
    // Archives made on a Mac carry shadow files.
    if (/(^|\/)(\.|__MACOSX\/)/.test(plain)) continue;
    const mesh = MESH.exec(plain);
    if (mesh !== null) meshes.set(mesh[1]!, [...(meshes.get(mesh[1]!) ?? []), path]);
    const part = PART.exec(plain);
    if (part === null) continue;
    const [, parent = '', category, kind, file] = part as unknown as [
      string,
      string | undefined,
      string,
      string,
      string,
    ];
    shapenet ||= kind === 'GT' || /(^|\/)pcd$/i.test(parent) || /_positive/i.test(file);
    const files = categories.get(category) ?? { train: [], test: [], truth: new Map<string, string>() };
    categories.set(category, files);
    if (/^gt$/i.test(kind)) files.truth.set(sampleName(file).toLowerCase(), path);
    else if (SCANS.includes(extensionOf(file))) files[/^train$/i.test(kind) ? 'train' : 'test'].push(path);
  }
  const found = [...categories].filter(([, files]) => files.test.length > 0);
  if (found.length === 0) return null;
  return {
    layout: shapenet ? 'anomaly-shapenet' : 'real3d-ad',
    categories: found.map(([name, files]) => toCategory(name, files, meshes.get(name) ?? [])),
  };
}

function toCategory(name: string, files: Files, meshes: readonly string[]): DatasetCategory {
  const errors: ErrorValue[] = [];
  const test = oneEach(files.test).map((path): TestItem => {
    const sample = sampleName(path);
    const good = GOOD.test(sample);
    if (good) return { path, name: sample, good, defectType: null, gtPath: null };
    const gtPath = files.truth.get(sample.toLowerCase()) ?? null;
    if (gtPath === null)
      errors.push({
        kind: 'invalid-input',
        where: path,
        message: `the anomalous object ${sample} has no ground truth text`,
      });
    return { path, name: sample, good, defectType: defectType(sample, name), gtPath };
  });
  return { name, train: oneEach(files.train), meshes, test, errors };
}

/** One path per sample, by the order of formats. */
function oneEach(paths: readonly string[]): string[] {
  const best = new Map<string, string>();
  const rank = (path: string): number => SCANS.indexOf(extensionOf(path));
  for (const path of paths) {
    const sample = sampleName(path);
    const known = best.get(sample);
    if (known === undefined || rank(path) < rank(known)) best.set(sample, path);
  }
  return [...best.values()];
}

function sampleName(path: string): string {
  return path.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');
}

/** "vase0_bulge3" of vase0 and "102_bulge_cut" are bulges. */
function defectType(sample: string, category: string): string {
  const rest = sample.startsWith(`${category}_`) ? sample.slice(category.length + 1) : sample;
  const words = rest.split('_').filter((w) => !/^(\d*|cut|copy)$/i.test(w));
  return words.join('_').replace(/\d+$/, '') || 'unknown';
}

export interface GroundTruth {
  /** The very points that carry the labels; an anomalous object is evaluated on them. */
  readonly cloud: PointCloud;
  /** [N] 0 = good, 1 = anomalous. */
  readonly labels: Uint8Array;
}

/**
 * Reads `x,y,z,label` lines, separated by commas or blanks. Strict: a row that cannot be read would shift
 * every label behind it against a detector's scores.
 * @throws FormatError with the line that has not four finite numbers
 */
export function parseGroundTruth(name: string, bytes: Uint8Array): GroundTruth {
  const scanner = new TextScanner(bytes);
  const coords = new GrowableFloat64();
  const labels: number[] = [];
  const row = [0, 0, 0, 0];
  while (scanner.nextLine()) {
    if (scanner.atLineEnd()) continue;
    for (let k = 0; k < 4; k++) {
      if (!scanner.readNumber() || !Number.isFinite(scanner.value))
        throw new FormatError(name, `line ${scanner.line}`, 'a ground truth row is x, y, z and label');
      row[k] = scanner.value;
      scanner.skipSeparator();
    }
    coords.push3(row[0]!, row[1]!, row[2]!);
    labels.push(row[3]! > 0 ? 1 : 0);
  }
  const { cloud } = finishCloud(name, contentHash(bytes), {
    format: 'ground truth',
    coords: coords.view(),
    normals: null,
    colours: null,
    faces: null,
    attributes: new Map(),
    skipped: 0,
    warnings: [],
  });
  return { cloud, labels: Uint8Array.from(labels) };
}
