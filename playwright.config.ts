/**
 * The journeys through the built page, in the Chromium that is there (see scripts/lib/chromium.mjs).
 * Without a GPU they run on SwiftShader. `E2E_BASE_URL` points them at a page that is already served.
 */

import { createServer } from 'node:net';
import { defineConfig } from 'playwright/test';
import { QUIET_ARGS, SOFTWARE_GPU_ARGS } from './e2e/launch.ts';
import { findChromium } from './scripts/lib/chromium.mjs';

const executablePath = findChromium();
if (executablePath === null)
  throw new Error('No Chromium found: install one, or name it in CHROMIUM_PATH. Nothing was tested.');

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

// This file is read again by every test process: the environment keeps the port the same in all of them.
process.env.E2E_PORT ??= String(await freePort());
const served = process.env.E2E_BASE_URL;
const baseURL = served ?? `http://127.0.0.1:${process.env.E2E_PORT}/`;

export default defineConfig({
  testDir: 'e2e',
  // Two software GPUs on two cores would only starve each other.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: process.env.CI !== undefined,
  // The first verdict waits for good scans to be laid on each other: tens of seconds on a busy CPU.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: 'list',
  use: {
    baseURL,
    viewport: { width: 1280, height: 720 },
    colorScheme: 'dark',
    launchOptions: { executablePath, args: [...SOFTWARE_GPU_ARGS, ...QUIET_ARGS] },
  },
  ...(served === undefined
    ? {
        webServer: {
          command: `node scripts/start.mjs --host 127.0.0.1 --strict-port --port ${process.env.E2E_PORT}`,
          // Shares of the tests are not those of whoever runs them.
          env: { SHARE_DIR: 'test-results/shares', SHARE_LOG: '0' },
          url: baseURL,
          timeout: 120_000,
        },
      }
    : {}),
});
