/** Switches for a test browser. */

import { findChromium } from '../scripts/lib/chromium.mjs';

/**
 * WebGPU and WebGL on a CPU (SwiftShader). Both `--use-vulkan` and `--use-angle` are needed: without either
 * the first WebGPU canvas kills the GPU process.
 */
export const SOFTWARE_GPU_ARGS = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];

/** No sandbox where the test runs as root, and no talk with anybody. */
export const QUIET_ARGS = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

/** For `test.use`: a browser without WebGPU, so that the studio computes with WebAssembly; WebGL on a CPU. */
export const WITHOUT_WEBGPU = {
  launchOptions: {
    executablePath: findChromium() ?? '',
    args: [
      ...QUIET_ARGS,
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--disable-features=WebGPU',
    ],
  },
};
