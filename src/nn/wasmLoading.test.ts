/** On its own: tfjs keeps the paths it was given for as long as the process lives. */

import { expect, test, vi } from 'vitest';
import { openWasm } from './wasmBackend.ts';

test('a binary that is not served is an error that says so, not a hang', async () => {
  // Emscripten also tells the console.
  const told = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await expect(openWasm({ paths: { simd: '/missing/tfjs.wasm' } })).rejects.toThrow(
    /WebAssembly could not be loaded: .+/,
  );
  told.mockRestore();
});
