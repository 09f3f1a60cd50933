/**
 * Environment for Dawn in Node on Linux. Dawn loads libvulkan.so.1 by name, and Vulkan loads a driver by
 * its ICD file. A machine with a GPU has both. One without has them beside Chromium: the loader and
 * SwiftShader, a CPU driver. Both must be in the environment before the process starts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findChromium } from './chromium.mjs';

const CHROMIUM_FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser', '/opt/google/chrome'];
const DRIVER = 'vk_swiftshader_icd.json';

function hasHardwareDriver() {
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/nvidia/share/vulkan/icd.d'];
  // Debian's lavapipe (lvp) is too old for Dawn and not a GPU.
  const files = folders.flatMap((f) => (existsSync(f) ? readdirSync(f) : []));
  const drivers = files.filter((f) => f.endsWith('.json') && !f.startsWith('lvp'));
  return drivers.length > 0 && (existsSync('/dev/dri') || existsSync('/dev/nvidia0'));
}

function hasSystemLoader() {
  const known = spawnSync('ldconfig', ['-p'], { encoding: 'utf8' });
  return known.status === 0 && known.stdout.includes('libvulkan.so.1');
}

/** @param {string} [chromium] path of a Chromium binary whose folder may hold the driver */
function vulkanEnvironment(chromium) {
  if (process.platform !== 'linux' || process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return {};
  const folders = [...(chromium ? [dirname(chromium)] : []), ...CHROMIUM_FOLDERS];
  const hardware = hasHardwareDriver();
  const driverIn = (folder) => existsSync(join(folder, DRIVER));
  if (!hardware && !folders.some(driverIn)) {
    // Playwright's Chromium brings them too, but looking for it takes half a second.
    const found = findChromium();
    if (found !== null) folders.push(dirname(found));
  }
  const env = {};
  const holder = folders.find((f) => existsSync(join(f, 'libvulkan.so.1')));
  if (!hasSystemLoader() && holder)
    env.LD_LIBRARY_PATH = [holder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':');
  const driver = folders.find(driverIn);
  if (!hardware && driver !== undefined) env.VK_ICD_FILENAMES = join(driver, DRIVER);
  return env;
}

/** Runs a Node script or a command with that environment and passes its exit code and signals on. */
export function runWithVulkan(command, args, env = {}) {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, ...vulkanEnvironment(process.env.CHROMIUM_PATH), ...env },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ? 128 + 15 : (code ?? 1)));
  });
}
