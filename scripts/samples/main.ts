/**
 * `npm run samples`: writes public/samples. With `-- --dataset DIR` writes the folders of Anomaly-ShapeNet
 * (pcd/<part>/{train,test,GT}) below DIR instead.
 */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compactFiles, datasetFiles, makeScan, manifest, type OutputFile } from './generate.ts';
import { RECIPE } from './recipe.ts';

const PUBLIC = resolve(import.meta.dirname, '../../public/samples');

function write(folder: string, { path, bytes }: OutputFile): number {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, bytes);
  return bytes.length;
}

export function main(args: string[]): void {
  const { values } = parseArgs({ args, options: { dataset: { type: 'string' } } });
  const folder = values.dataset === undefined ? PUBLIC : resolve(values.dataset);
  if (values.dataset === undefined) rmSync(folder, { recursive: true, force: true });
  let size = 0;
  for (const recipe of RECIPE) {
    const made = makeScan(recipe);
    const files = values.dataset === undefined ? compactFiles(made) : datasetFiles(made);
    for (const file of files) size += write(folder, file);
    const defective = made.labels.reduce((sum, label) => sum + label, 0);
    console.error(`${recipe.name}: ${made.labels.length} points, ${defective} defective`);
  }
  if (values.dataset === undefined) {
    const text = `${JSON.stringify(manifest(), null, 1)}\n`;
    size += write(folder, { path: 'manifest.json', bytes: new TextEncoder().encode(text) });
  }
  console.error(`${(size / 1e6).toFixed(2)} MB in ${folder}`);
}
