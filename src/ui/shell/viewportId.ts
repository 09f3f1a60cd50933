/** Marks the element that takes the keys of the viewport. */
export const VIEWPORT_ID = 'viewport-3d';
