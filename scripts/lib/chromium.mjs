/**
 * Where a Chromium is: `CHROMIUM_PATH`, Playwright's own, the system's. The browser tests drive it, and its
 * folder brings the Vulkan loader and SwiftShader that Dawn uses on a machine without a GPU.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function playwrightsOwn() {
  try {
    return createRequire(import.meta.url)('playwright').chromium.executablePath();
  } catch {
    // Playwright is not installed, or knows no browser for this platform: the system's may still be there.
    return null;
  }
}

/** @returns {string | null} path of the binary */
export function findChromium() {
  const candidates = [process.env.CHROMIUM_PATH, playwrightsOwn(), ...SYSTEM];
  return candidates.find((path) => path && existsSync(path)) ?? null;
}

/**
 * Finds one, or installs Debian's package where we may.
 * @returns {{ path: string } | { path: null, advice: string }}
 */
export function setUpChromium() {
  const found = findChromium();
  if (found !== null) return { path: found };
  const advice =
    'No Chromium was found. Install one (npx playwright install chromium, or your system’s package), ' +
    'or set CHROMIUM_PATH to its binary.';
  const mayInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (!mayInstall) return { path: null, advice };
  console.error('No Chromium was found: installing the system’s package.');
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status } = spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env });
    if (status !== 0) return { path: null, advice: `apt-get ${args[0]} failed. ${advice}` };
  }
  const installed = findChromium();
  return installed === null ? { path: null, advice } : { path: installed };
}
