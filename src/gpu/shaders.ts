/**
 * The one door for WGSL. Kernels live in `shaders/<area>/<name>.wgsl`; a line `#import shared/hash` at the
 * top of a kernel pulls in functions and structs (never bindings). Constants go through `override`.
 */

const sources = import.meta.glob<string>('../../shaders/**/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

const IMPORT = /^#import\s+([\w/]+)\s*$/gm;

function raw(name: string): string {
  const text = sources[`../../shaders/${name}.wgsl`];
  if (text === undefined) throw new Error(`no shader "${name}"`);
  return text;
}

/** Names of all kernels, `area/name`, without `shared/`. */
export function kernelNames(): string[] {
  return Object.keys(sources)
    .map((path) => path.replace('../../shaders/', '').replace(/\.wgsl$/, ''))
    .filter((name) => !name.startsWith('shared/'))
    .sort();
}

/** @returns WGSL with its imports put in front, each once */
export function shaderSource(name: string): string {
  const seen = new Set<string>();
  const parts: string[] = [];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = raw(file);
    for (const match of text.matchAll(IMPORT)) visit(match[1]!);
    parts.push(text.replace(IMPORT, ''));
  };
  visit(name);
  return parts.join('\n');
}

/** A binding of group 0 as the kernel declares it. */
export interface BindingDeclaration {
  readonly binding: number;
  readonly name: string;
  readonly type: GPUBufferBindingType;
}

/**
 * Bindings of group 0 in order. An explicit layout is made from them because `layout: 'auto'` silently
 * drops bindings that the entry point does not use.
 */
export function bindingsOf(source: string): BindingDeclaration[] {
  const found: BindingDeclaration[] = [];
  const pattern =
    /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(uniform|storage)\s*(?:,\s*(read_write|read))?\s*>\s*(\w+)/g;
  for (const [, binding, space, access, name] of source.matchAll(pattern)) {
    const type = space === 'uniform' ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage';
    found.push({ binding: Number(binding), name: name!, type });
  }
  found.sort((a, b) => a.binding - b.binding);
  found.forEach((entry, i) => {
    if (entry.binding !== i) throw new Error(`binding ${i} is missing before ${entry.name}`);
  });
  return found;
}
