/**
 * The one door to tfjs. The core package of the pinned 4.22.0 release is imported instead of the union
 * package, so that layers, converters and the WebGL backend never reach the page.
 */
export * from '@tensorflow/tfjs-core';
