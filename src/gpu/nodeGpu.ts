/**
 * WebGPU in Node: Dawn from the npm package `webgpu`. Only Node entry points (command line, tests, bench)
 * import this; the page never does. `scripts/lib/vulkan.mjs` sets the environment Dawn's loader needs
 * before the process starts.
 */

let instance: GPU | null = null;

/** Creates Dawn's instance once per process (a second one would own a second Vulkan instance). */
export async function nodeGpu(): Promise<GPU> {
  if (instance === null) {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    instance = create([]);
    // tfjs asks `navigator.gpu` whether WebGPU exists, even when it is handed a device. Node 20 has no
    // navigator at all, later versions have one without `gpu`.
    const holder = (globalThis as { navigator?: object }).navigator ?? {};
    Object.defineProperty(holder, 'gpu', { value: instance, configurable: true });
    Object.defineProperty(globalThis, 'navigator', { value: holder, configurable: true });
  }
  return instance;
}
