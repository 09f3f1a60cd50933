/** What of a 3D view lies under legend, tools and view cube; the layouts are those of styles/viewport.css. */

import { useEffect } from 'react';
import type { Insets } from '../viewer/cameraRig.ts';
import type { ViewerRef } from './useViewer.ts';

const NARROW = '(max-width: 820px)';

/** Alone in the viewport, or one of two: side by side, where it is narrow one above the other. */
const INSETS: Readonly<Record<'alone' | 'first' | 'second', Readonly<Record<'wide' | 'narrow', Insets>>>> = {
  alone: {
    wide: { left: 104, right: 52, top: 0, bottom: 0 },
    narrow: { left: 0, right: 0, top: 52, bottom: 60 },
  },
  first: {
    wide: { left: 104, right: 0, top: 40, bottom: 0 },
    narrow: { left: 0, right: 0, top: 92, bottom: 0 },
  },
  second: {
    wide: { left: 0, right: 52, top: 40, bottom: 0 },
    narrow: { left: 0, right: 0, top: 40, bottom: 60 },
  },
};

export function useInsets(viewer: ViewerRef, place: keyof typeof INSETS): void {
  useEffect(() => {
    const narrow = matchMedia(NARROW);
    const setInsets = () => viewer.current?.setInsets(INSETS[place][narrow.matches ? 'narrow' : 'wide']);
    setInsets();
    narrow.addEventListener('change', setInsets);
    return () => narrow.removeEventListener('change', setInsets);
  }, [viewer, place]);
}
