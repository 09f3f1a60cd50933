/**
 * How the original's tensors lie in ours: channels padded to multiples of 4 (the kernels read vec4), Linear
 * weights transposed to [1, in, out], gamma and beta of a norm as the two rows of one tensor.
 *
 * Padding stays exactly zero under training: padded inputs are zero and padded outputs have no gradient.
 */

import { ModelMismatchError } from '../core/errors.ts';
import type { Architecture } from '../core/modelConfig.ts';
import { type NamedTensor, type StateDict, type TensorSpec, tensorSpecs } from '../core/networkSpec.ts';

/** One tensor of the running model, made of one or two originals. */
export interface Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
  readonly trainable: boolean;
}

const pad4 = (channels: number): number => Math.ceil(channels / 4) * 4;

/** Name of the [2, C] tensor of running mean and variance. */
export const runningName = (norm: string): string => `${norm}.running`;

function product(shape: readonly number[]): number {
  return shape.reduce((x, y) => x * y, 1);
}

/** [K, in, out] of a kernel, 1x1 kernel or Linear weight, before padding. */
function matrixShape(spec: TensorSpec): [number, number, number] {
  if (spec.kind === 'linear') return [1, spec.shape[1]!, spec.shape[0]!];
  if (spec.shape.length === 2) return [1, spec.shape[0]!, spec.shape[1]!];
  return [spec.shape[0]!, spec.shape[1]!, spec.shape[2]!];
}

/** Index of element (k, i, o) in the original layout. */
function originalIndex(spec: TensorSpec, k: number, i: number, o: number): number {
  const [, cin, cout] = matrixShape(spec);
  return spec.kind === 'linear' ? o * cin + i : (k * cin + i) * cout + o;
}

function copyMatrix(spec: TensorSpec, from: Float32Array, to: Float32Array, back: boolean): void {
  const [taps, cin, cout] = matrixShape(spec);
  const padIn = pad4(cin);
  const padOut = pad4(cout);
  for (let k = 0; k < taps; k++)
    for (let i = 0; i < cin; i++)
      for (let o = 0; o < cout; o++) {
        const original = originalIndex(spec, k, i, o);
        const ours = (k * padIn + i) * padOut + o;
        if (back) to[original] = from[ours]!;
        else to[ours] = from[original]!;
      }
}

/** How one tensor of ours relates to the originals. */
interface Layout {
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
  readonly parts: readonly TensorSpec[];
  pack(values: readonly Float32Array[]): Float32Array;
  unpack(data: Float32Array): Float32Array[];
}

function rowsLayout(name: string, parts: readonly TensorSpec[], trainable: boolean): Layout {
  const width = pad4(product(parts[0]!.shape));
  const size = product(parts[0]!.shape);
  return {
    name,
    shape: [parts.length, width],
    trainable,
    parts,
    pack: (values) => {
      const data = new Float32Array(parts.length * width);
      values.forEach((row, r) => {
        data.set(row, r * width);
      });
      return data;
    },
    unpack: (data) => parts.map((_, r) => data.slice(r * width, r * width + size)),
  };
}

function matrixLayout(spec: TensorSpec): Layout {
  const [taps, cin, cout] = matrixShape(spec);
  const shape = [taps, pad4(cin), pad4(cout)];
  return {
    name: spec.name,
    shape,
    trainable: true,
    parts: [spec],
    pack: ([values]) => {
      const data = new Float32Array(product(shape));
      copyMatrix(spec, values!, data, false);
      return data;
    },
    unpack: (data) => {
      const values = new Float32Array(product(spec.shape));
      copyMatrix(spec, data, values, true);
      return [values];
    },
  };
}

function scalarLayout(spec: TensorSpec): Layout {
  return {
    name: spec.name,
    shape: [1, 1],
    trainable: true,
    parts: [spec],
    pack: ([values]) => values!.slice(),
    unpack: (data) => [data.slice()],
  };
}

/** Layouts in state-dict order; `num_batches_tracked` is a plain number of the model. */
function layouts(arch: Architecture): Layout[] {
  const result: Layout[] = [];
  const specs = tensorSpecs(arch);
  for (let i = 0; i < specs.length; i++) {
    const spec = specs[i]!;
    if (spec.kind === 'kernel' || spec.kind === 'linear') result.push(matrixLayout(spec));
    else if (spec.kind === 'prelu') result.push(scalarLayout(spec));
    else if (spec.kind === 'bias') result.push(rowsLayout(spec.name, [spec], true));
    else if (spec.kind === 'bnGamma') {
      const norm = spec.name.replace(/\.weight$/, '');
      result.push(rowsLayout(norm, [spec, specs[i + 1]!], true));
      result.push(rowsLayout(runningName(norm), [specs[i + 2]!, specs[i + 3]!], false));
    }
  }
  return result;
}

/**
 * @param state original names -> values
 * @throws ModelMismatchError naming the tensor that is missing or has another shape
 */
export function packState(arch: Architecture, state: StateDict): Parameter[] {
  return layouts(arch).map((layout) => {
    const values = layout.parts.map((spec) => {
      const tensor = state.get(spec.name);
      if (tensor === undefined) throw new ModelMismatchError(spec.name, 'this tensor is missing');
      if (tensor.shape.join() !== spec.shape.join())
        throw new ModelMismatchError(
          spec.name,
          `has shape [${tensor.shape.join(', ')}], the architecture needs [${spec.shape.join(', ')}]`,
        );
      return tensor.data;
    });
    return { name: layout.name, shape: layout.shape, trainable: layout.trainable, data: layout.pack(values) };
  });
}

/** The inverse: our tensors by name back to the original names, in state-dict order. */
export function unpackState(
  arch: Architecture,
  values: ReadonlyMap<string, Float32Array>,
  batchesTracked: number,
): Map<string, NamedTensor> {
  const found = new Map<string, NamedTensor>();
  for (const layout of layouts(arch)) {
    const data = values.get(layout.name);
    if (data === undefined) throw new ModelMismatchError(layout.name, 'this tensor is missing');
    const originals = layout.unpack(data);
    layout.parts.forEach((spec, i) => {
      found.set(spec.name, { shape: spec.shape, data: originals[i]! });
    });
  }
  const counter = { shape: [], data: Float32Array.of(batchesTracked) };
  return new Map(
    tensorSpecs(arch).map((spec) => [spec.name, spec.kind === 'bnCount' ? counter : found.get(spec.name)!]),
  );
}
