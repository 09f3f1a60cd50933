/** The viewer belongs to the viewport; buttons and keys elsewhere reach it through this context. */

import { createContext, type RefObject, use, useRef } from 'react';
import type { Viewer } from '../viewer/viewer.ts';

/** null before the viewport is there, and where the browser has no WebGL2. */
export type ViewerRef = RefObject<Viewer | null>;

export const ViewerContext = createContext<ViewerRef>({ current: null });

export function useViewerRef(): ViewerRef {
  return useRef<Viewer | null>(null);
}

export function useViewer(): ViewerRef {
  return use(ViewerContext);
}
