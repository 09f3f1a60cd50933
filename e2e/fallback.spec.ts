/** Without WebGPU the studio computes with WebAssembly, and says so. */

import { expect, test } from 'playwright/test';
import { WITHOUT_WEBGPU } from './launch.ts';
import { openStudio, readCount } from './studio.ts';

// Without the switches for software WebGPU this browser has no adapter; WebGL stays for the picture.
test.use(WITHOUT_WEBGPU);

test('the sample is scored by WebAssembly and the status bar tells', async ({ page }) => {
  await openStudio(page);
  await expect(page.getByRole('contentinfo')).toContainText('WebAssembly');
  expect((await readCount(page))[1]).toBeGreaterThan(1000);
});
