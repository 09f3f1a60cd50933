import { describe, expect, it } from 'vitest';
import { isSoftwareAdapter } from './device.ts';

const info = { vendor: '', architecture: '', device: '', description: '' };

describe('a software adapter', () => {
  it.each([
    ['SwiftShader in Chromium', { vendor: 'google', architecture: 'swiftshader' }],
    ['llvmpipe', { vendor: 'mesa', description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }],
    ['lavapipe', { vendor: 'mesa', architecture: 'lavapipe' }],
    ['WARP in Chromium', { vendor: 'microsoft', architecture: 'warp' }],
    ['WARP by its full name', { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' }],
    ['one that says so itself', { isFallbackAdapter: true }],
  ])('is recognised: %s', (_name, fields) => {
    expect(isSoftwareAdapter({ ...info, ...fields })).toBe(true);
  });

  it.each([
    ['NVIDIA', { vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false }],
    ['Apple', { vendor: 'apple', architecture: 'metal-3' }],
    ['a browser that tells nothing', {}],
    ['Mesa on a GPU', { vendor: 'mesa', description: 'Apple M1 (G13G B1)' }],
  ])('is not taken for one: %s', (_name, fields) => {
    expect(isSoftwareAdapter({ ...info, ...fields })).toBe(false);
  });
});
