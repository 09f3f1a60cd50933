/**
 * What the two commands share: the right Node, the locked dependencies, fresh builds. Only Node's own
 * modules here, because this runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '..');
const NODE_NEEDED = [20, 19];

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = NODE_NEEDED;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  console.error(`Node ${needMajor}.${needMinor} or newer is needed; this is ${process.versions.node}.`);
  process.exit(2);
}

/** Whether what is installed is what the lock file asks for (packages for other platforms may lack). */
function dependenciesAreCurrent() {
  const installedList = join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedList)) return false;
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = read(installedList);
  return Object.entries(read(join(ROOT, 'package-lock.json'))).every(([path, { version, optional }]) => {
    if (path === '') return true;
    return installed[path] === undefined ? optional === true : installed[path].version === version;
  });
}

/** Checks Node and runs `npm ci` when needed; exits with a message when either fails. */
export function setUp() {
  checkNode();
  if (dependenciesAreCurrent()) return;
  console.error('Installing dependencies (npm ci)');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const { status } = spawnSync(npm, ['ci'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error('npm ci failed: see above.');
  process.exit(1);
}

/** Latest modification below the paths, ms. */
function newest(paths) {
  let latest = 0;
  const visit = (path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return;
    latest = Math.max(latest, stat.mtimeMs);
    if (stat.isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
  };
  paths.forEach(visit);
  return latest;
}

/**
 * @param {string} output a file the build writes
 * @param {string[]} inputs files and folders it is made from
 * @returns {boolean} whether it must be built again (all paths below the project's root)
 */
export function isStale(output, inputs) {
  const stat = statSync(join(ROOT, output), { throwIfNoEntry: false });
  return stat === undefined || newest(inputs.map((path) => join(ROOT, path))) > stat.mtimeMs;
}
