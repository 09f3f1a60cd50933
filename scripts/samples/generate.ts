/** From the recipe to files, as pure functions: the same bytes on every run and machine. */

import type { PointCloud, Vec3 } from '../../src/core/types.ts';
import { writePcd } from '../../src/io/writePcd.ts';
import { writePly } from '../../src/io/writePly.ts';
import { applyDefect, type DefectiveSurface } from './defects.ts';
import { encodeGroundTruth } from './encode.ts';
import { PARTS, type Part, type PartName } from './parts.ts';
import { OPENING_SCAN, RECIPE, type ScanRecipe } from './recipe.ts';
import { type Scan, scan } from './scanner.ts';
import { add, length2, normalise } from './sdf.ts';
import { thumbnail } from './thumbnail.ts';

export interface LabelledScan {
  readonly recipe: ScanRecipe;
  readonly part: Part;
  readonly scan: Scan;
  /** [N] 1 = defective. */
  readonly labels: Uint8Array;
  /** Where its picture is taken from. */
  readonly view: Vec3;
}

/** One file: path below the output folder, and content. */
export interface OutputFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** An entry of public/samples/manifest.json; paths are relative to it. */
export interface SampleEntry {
  readonly id: string;
  readonly file: string;
  readonly title: string;
  readonly part: PartName;
  readonly kind: 'good' | 'defect';
  readonly defect?: string;
  readonly thumbnail: string;
  /** The file's `label` property says which points are defective. */
  readonly truth: boolean;
  readonly points: number;
  readonly unit: 'mm';
}

function partOf(name: PartName): Part {
  const found = PARTS.find((part) => part.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}

export function makeScan(recipe: ScanRecipe): LabelledScan {
  const part = partOf(recipe.part);
  const surface = recipe.defect === null ? null : applyDefect(part.sdf, recipe.defect);
  const made = scan(surface?.sdf ?? part.sdf, part.centre, part.radius, recipe.setup);
  const labels = new Uint8Array(recipe.setup.points);
  if (surface !== null)
    for (let i = 0; i < labels.length; i++) {
      const at = made.surface.subarray(3 * i, 3 * i + 3);
      labels[i] = surface.isDefective([at[0]!, at[1]!, at[2]!]) ? 1 : 0;
    }
  const view = recipe.view ?? (surface === null ? [0, -1, 0] : viewOf(surface, part));
  return { recipe, part, scan: made, labels, view };
}

/** A defect is looked at from the side and a little askew: relief shows in slanted light. */
function viewOf({ at, normal }: DefectiveSurface, part: Part): Vec3 {
  const facing: Vec3 = length2(normal[0], normal[1]) > 0.3 ? normal : add(at, part.centre, -1);
  const flat = normalise([facing[0], facing[1], 0]);
  const turned: Vec3 = [flat[0] * 0.9 - flat[1] * 0.43, flat[0] * 0.43 + flat[1] * 0.9, 0];
  return normalise([turned[0], turned[1], normal[2] < -0.5 ? -1 : normal[2] > 0.5 ? 0.9 : 0.4]);
}

/** The measured points as the studio knows a cloud. */
function cloudOf({ recipe, scan: { measured } }: LabelledScan): PointCloud {
  return {
    id: recipe.name,
    name: recipe.name,
    positions: measured,
    origin: [0, 0, 0],
    normals: null,
    colours: null,
    faces: null,
    attributes: {},
  };
}

const fileOf = ({ part, split, name }: ScanRecipe): string => `${part}/${split}/${name}.ply`;
const thumbnailOf = ({ part, name }: ScanRecipe): string => `${part}/thumbnails/${name}.png`;

/** What is committed below public/samples: the labelled PLY, and a picture for what the gallery shows. */
export function compactFiles(made: LabelledScan): OutputFile[] {
  const { recipe, part, labels, view } = made;
  const comments = [`${part.title}, ${recipe.title}; generated sample, mm`];
  const ply = {
    path: fileOf(recipe),
    bytes: writePly(cloudOf(made), { scalars: { label: labels }, comments }),
  };
  if (recipe.split === 'train') return [ply];
  return [ply, { path: thumbnailOf(recipe), bytes: thumbnail(made.scan, part.centre, part.radius, view) }];
}

/** The same scan in the folders of Anomaly-ShapeNet. */
export function datasetFiles(made: LabelledScan): OutputFile[] {
  const { recipe, scan: cloud, labels } = made;
  const folder = `pcd/${recipe.part}`;
  const pcd = { path: `${folder}/${recipe.split}/${recipe.name}.pcd`, bytes: writePcd(cloudOf(made)) };
  if (recipe.defect === null) return [pcd];
  return [pcd, { path: `${folder}/GT/${recipe.name}.txt`, bytes: encodeGroundTruth(cloud.measured, labels) }];
}

/** With the good scans that each part's samples are compared with. */
export function manifest(): {
  open: string;
  references: Record<string, string[]>;
  samples: SampleEntry[];
} {
  const samples = RECIPE.filter(({ split }) => split === 'test').map((recipe): SampleEntry => {
    const { name, part, defect, title, setup } = recipe;
    return {
      id: name,
      file: fileOf(recipe),
      title: `${partOf(part).title}, ${title}`,
      part,
      kind: defect === null ? 'good' : 'defect',
      ...(defect === null ? {} : { defect: defect.kind }),
      thumbnail: thumbnailOf(recipe),
      truth: true,
      points: setup.points,
      unit: 'mm',
    };
  });
  const references: Record<string, string[]> = {};
  for (const recipe of RECIPE)
    if (recipe.split === 'train')
      references[recipe.part] = [...(references[recipe.part] ?? []), fileOf(recipe)];
  return { open: OPENING_SCAN, references, samples };
}
