import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { WgslReflect } from 'wgsl_reflect';
import { bindingsOf, kernelNames, shaderSource } from './shaders.ts';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'shaders/README.md'), 'utf8');

describe.each(kernelNames())('%s', (name) => {
  const source = shaderSource(name);

  test('its uniform block has no gaps, which is what Gpu.params writes', () => {
    const reflected = new WgslReflect(source);
    for (const { type } of reflected.uniforms) {
      const members =
        'members' in type ? (type.members as { name: string; offset: number; size: number }[]) : [];
      expect(members.length).toBeGreaterThan(0);
      let end = 0;
      for (const { name: member, offset, size } of members) {
        expect(offset, member).toBe(end);
        end = offset + size;
      }
    }
  });

  test('it fits the 8 storage buffers every adapter has, and its bindings have no gap', () => {
    const storage = bindingsOf(source).filter(({ type }) => type !== 'uniform');
    expect(storage.length).toBeLessThanOrEqual(8);
  });

  test('it names a CPU twin that exists, and stands in shaders/README.md', () => {
    const twins = [...source.matchAll(/core\/(\w+)(?:\.ts)?\b/g)].map((match) => match[1]!);
    expect(twins.length, 'a comment "Twin: core/..."').toBeGreaterThan(0);
    for (const twin of twins)
      expect(existsSync(join(root, `src/core/${twin}.ts`)), `core/${twin}`).toBe(true);
    const row = new RegExp(`^\\| \`?${name.split('/')[1]}\`? +\\|`, 'm');
    expect(row.test(readme), `a row for ${name} in shaders/README.md`).toBe(true);
  });
});
