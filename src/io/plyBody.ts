/** What the ascii and the binary reader of PLY bodies share. */

import type { ColumnStore } from './columns.ts';
import type { FaceList } from './faceList.ts';
import type { PlyElement, PlyHeader } from './plyHeader.ts';

/** What the body readers fill. */
export interface PlyTargets {
  readonly file: string;
  readonly header: PlyHeader;
  readonly vertex: PlyElement;
  readonly store: ColumnStore;
  readonly faces: FaceList;
}

/** What they report. */
export interface PlyBody {
  /** Unreadable vertex rows. */
  readonly skipped: number;
  readonly warnings: readonly string[];
}

/** Which property of a face-like element lists vertex indices. */
export interface FaceElement {
  readonly kind: 'polygon' | 'strip';
  readonly list: number;
}

/** @returns null when the element holds no faces */
export function faceElement(element: PlyElement): FaceElement | null {
  const list = element.properties.findIndex((p) => p.count !== null && /^vertex_ind(ex|ices)$/i.test(p.name));
  if (list >= 0) return { kind: /strip/i.test(element.name) ? 'strip' : 'polygon', list };
  if (!/^faces?$/i.test(element.name)) return null;
  const first = element.properties.findIndex((p) => p.count !== null && p.type.kind === 'integer');
  return first < 0 ? null : { kind: 'polygon', list: first };
}
