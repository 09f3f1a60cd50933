import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { compactFiles, datasetFiles, type LabelledScan, makeScan, manifest } from './generate.ts';
import { RECIPE } from './recipe.ts';
import { dot } from './sdf.ts';
import { THUMBNAIL } from './thumbnail.ts';

const COMMITTED = resolve(import.meta.dirname, '../../public/samples');
const flange = RECIPE.filter(({ part }) => part === 'flange');
const made = new Map<string, LabelledScan>();
const scanOf = (name: string): LabelledScan => {
  const found = made.get(name);
  if (found === undefined) throw new Error(`no scan ${name}`);
  return found;
};

beforeAll(() => {
  for (const recipe of flange) made.set(recipe.name, makeScan(recipe));
}, 60_000);

describe('committed samples', () => {
  it('are byte for byte what the generator makes', () => {
    for (const scan of made.values())
      for (const { path, bytes } of compactFiles(scan))
        expect(Buffer.compare(readFileSync(join(COMMITTED, path)), bytes), path).toBe(0);
  });

  it('match their manifest, and there is nothing else', () => {
    const text = readFileSync(join(COMMITTED, 'manifest.json'), 'utf8');
    expect(JSON.parse(text)).toEqual(manifest());
    const { open, samples } = manifest();
    expect(samples.map(({ id }) => id)).toContain(open);
    const expected = RECIPE.filter(({ split }) => split === 'train').map(
      (r) => `${r.part}/train/${r.name}.ply`,
    );
    for (const { file, thumbnail } of samples) expected.push(file, thumbnail);
    const files = readdirSync(COMMITTED, { recursive: true, encoding: 'utf8' });
    const found = files.filter(
      (path) => statSync(join(COMMITTED, path)).isFile() && path !== 'manifest.json',
    );
    expect(found.sort()).toEqual(expected.sort());
    const size = found.reduce((sum, path) => sum + statSync(join(COMMITTED, path)).size, 0);
    expect(size).toBeLessThan(6e6);
  });

  it('have at least six good and six defective scans of every part', () => {
    for (const part of new Set(RECIPE.map((r) => r.part))) {
      const scans = RECIPE.filter((r) => r.part === part);
      expect(scans.filter((r) => r.defect === null).length).toBeGreaterThanOrEqual(6);
      expect(new Set(scans.flatMap((r) => r.defect?.kind ?? [])).size).toBeGreaterThanOrEqual(6);
    }
  });
});

describe('scans', () => {
  it('mark defective points only where the surface deviates or material is missing', () => {
    for (const { recipe, part, labels, scan } of made.values()) {
      const marked = labels.reduce((sum, label) => sum + label, 0);
      if (recipe.defect === null) expect(marked).toBe(0);
      else expect(marked, recipe.name).toBeGreaterThan(40);
      for (let i = 0; i < labels.length; i++) {
        const [x, y, z] = scan.surface.subarray(3 * i, 3 * i + 3);
        const deviation = Math.abs(part.sdf(x!, y!, z!));
        if (labels[i] === 0) expect(deviation).toBeLessThanOrEqual(0.5);
      }
    }
  });

  it('carry noise of the recipe along the sight lines', () => {
    // Pose is a rigid motion, so distances between points change by noise alone.
    const { scan, recipe } = scanOf('flange_template0');
    let sum = 0;
    let count = 0;
    for (let i = 0; i + 6 <= scan.surface.length; i += 6) {
      const between = (p: ArrayLike<number>) =>
        Math.sqrt([0, 1, 2].reduce((d, a) => d + (p[i + a]! - p[i + 3 + a]!) ** 2, 0));
      sum += (between(scan.measured) - between(scan.surface)) ** 2;
      count++;
    }
    // Each end moves along its sight line; neighbours in the file share it and are far apart across it.
    expect(Math.sqrt(sum / count)).toBeLessThan(recipe.setup.noise * Math.SQRT2);
    expect(Math.sqrt(sum / count)).toBeGreaterThan(0.2 * recipe.setup.noise);
  });

  it('show one side only in the partial view', () => {
    const facing = (name: string): number => {
      const { scan, recipe } = scanOf(name);
      let away = 0;
      for (let i = 0; i < scan.normals.length; i += 3) {
        const n = scan.normals.subarray(i, i + 3);
        if (dot([n[0]!, n[1]!, n[2]!], recipe.view!) < -0.7) away++;
      }
      return away / (scan.normals.length / 3);
    };
    expect(facing('flange_positive2')).toBe(0);
    expect(facing('flange_positive0')).toBeGreaterThan(0.1);
  });

  it('write ground truth with the very coordinates of the cloud', () => {
    const scan = scanOf('flange_dent0');
    const [pcd, truth] = datasetFiles(scan);
    expect(pcd!.path).toBe('pcd/flange/test/flange_dent0.pcd');
    expect(truth!.path).toBe('pcd/flange/GT/flange_dent0.txt');
    const rows = new TextDecoder().decode(truth!.bytes).trimEnd().split('\n');
    expect(rows).toHaveLength(scan.labels.length);
    rows.forEach((row, i) => {
      const [x, y, z, label] = row.split(',').map(Number);
      expect([x, y, z].map((v) => Math.fround(v!))).toEqual([
        ...scan.scan.measured.subarray(3 * i, 3 * i + 3),
      ]);
      expect(label).toBe(scan.labels[i]);
    });
  });
});

describe('thumbnails', () => {
  it('are sound PNG files with a part in them', () => {
    const png = compactFiles(scanOf('flange_bulge0'))[1]!;
    const bytes = Buffer.from(png.bytes);
    const chunks: { type: string; body: Buffer }[] = [];
    for (let at = 8; at < bytes.length; ) {
      const length = bytes.readUInt32BE(at);
      expect(bytes.readUInt32BE(at + 8 + length)).toBe(crc32(bytes.subarray(at + 4, at + 8 + length)));
      chunks.push({
        type: bytes.toString('latin1', at + 4, at + 8),
        body: bytes.subarray(at + 8, at + 8 + length),
      });
      at += 12 + length;
    }
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    const pixels = inflateSync(chunks[2]!.body);
    expect(pixels.length).toBe((THUMBNAIL.width + 1) * THUMBNAIL.height);
    const lit = pixels.filter((value) => value > 0).length / pixels.length;
    expect(lit).toBeGreaterThan(0.15);
    expect(lit).toBeLessThan(0.8);
  });
});
