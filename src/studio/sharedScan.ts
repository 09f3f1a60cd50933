/** A shared heatmap that comes into the studio: its points as a scan file, its labels as a label file. */

import type { PointCloud } from '../core/types.ts';
import { writeLabels } from '../io/writeLabels.ts';
import { writePly } from '../io/writePly.ts';
import type { ShareBundle } from '../share/bundle.ts';

export interface SharedFiles {
  readonly scan: File;
  /** null when nothing is labelled. */
  readonly labels: File | null;
}

/** Letters that a file name cannot have everywhere. */
function fileName(name: string): string {
  return name.replace(/[\\/:*?"<>|]/g, '_').replace(/\.[A-Za-z0-9]{1,4}$/, '') || 'shared';
}

export function sharedFiles({ name, positions, origin, labels }: ShareBundle): SharedFiles {
  const cloud: PointCloud = {
    id: 'shared',
    name,
    positions,
    origin,
    normals: null,
    colours: null,
    faces: null,
    attributes: {},
  };
  const base = fileName(name);
  return {
    scan: new File([writePly(cloud)], `${base}.ply`),
    labels: labels === null ? null : new File([writeLabels(cloud, labels.classOf, 'npy')], `${base}.npy`),
  };
}
