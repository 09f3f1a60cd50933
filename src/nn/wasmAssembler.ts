/**
 * Writes WebAssembly modules: the few instructions that our CPU kernels need, as functions that return
 * bytes. WebAssembly is a stack machine in postfix order, so an expression is the concatenation of its
 * operands and its opcode, and a kernel reads like the formula it computes.
 *
 * Own code instead of a compiler: there is no build step, no binary to trust, and the same file serves
 * Node and the browser ('wasm-unsafe-eval' covers it).
 *
 * Encoding: WebAssembly core specification 2.0, chapter 5.
 */

/** Instructions in order of execution. */
export type Code = readonly number[];

type ValueType = 'i32' | 'v128' | 'f64';
const TYPE: Readonly<Record<ValueType, number>> = { i32: 0x7f, v128: 0x7b, f64: 0x7c };

/** Unsigned LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

/** Signed LEB128 of a 32-bit integer. */
function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

const simd = (op: number): number[] => [0xfd, ...unsigned(op)];
const binary =
  (op: Code) =>
  (a: Code, b: Code): Code => [...a, ...b, ...op];
const unary =
  (op: Code) =>
  (a: Code): Code => [...a, ...op];
/** Alignment is only a hint; 0 promises nothing. */
const memory = (offset: number): number[] => [0, ...unsigned(offset)];

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(value)],
  add: binary([0x6a]),
  mul: binary([0x6c]),
  and: binary([0x71]),
  shl: binary([0x74]),
  ltU: binary([0x49]),
  geU: binary([0x4f]),
  load: (address: Code, offset = 0): Code => [...address, 0x28, ...memory(offset)],
};

export const v128 = {
  zero: [...simd(0x0c), ...new Array<number>(16).fill(0)] as Code,
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), ...memory(offset)],
  /** One float to all four lanes. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...simd(0x09), ...memory(offset)],
  /** Replaces one lane of `vector` by a float from memory. */
  loadLane: (address: Code, vector: Code, lane: number): Code => [
    ...address,
    ...vector,
    ...simd(0x56),
    ...memory(0),
    lane,
  ],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    ...memory(offset),
  ],
  /** Lane 0 alone. */
  storeFirst: (address: Code, value: Code): Code => [...address, ...value, ...simd(0x5a), ...memory(0), 0],
  and: binary(simd(0x4e)),
  /** Bits of a where the mask is set, else of b. */
  select: (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...simd(0x52)],
};

export const f32x4 = {
  add: binary(simd(0xe4)),
  sub: binary(simd(0xe5)),
  mul: binary(simd(0xe6)),
  div: binary(simd(0xe7)),
  sqrt: unary(simd(0xe3)),
  max: binary(simd(0xe9)),
  gt: binary(simd(0x44)),
};

export const f64x2 = {
  add: binary(simd(0xf0)),
  sub: binary(simd(0xf1)),
  mul: binary(simd(0xf2)),
  /** Lanes 0 and 1 of four floats. */
  low: unary(simd(0x5f)),
  /** Lanes 2 and 3 of four floats. */
  high: (a: Code): Code => [
    ...a,
    ...v128.zero,
    ...simd(0x0d),
    ...[8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23],
    ...simd(0x5f),
  ],
};

/** A local variable; as an expression it is the variable's value. */
export interface Local extends Code {
  readonly index: Code;
}

function localAt(index: number): Local {
  const encoded = unsigned(index);
  return Object.assign([0x20, ...encoded], { index: encoded });
}

/** The locals of a function under construction. */
export class Locals {
  private readonly parameters: number;
  private readonly types: ValueType[] = [];

  constructor(parameters: number) {
    this.parameters = parameters;
  }

  one(type: ValueType): Local {
    this.types.push(type);
    return localAt(this.parameters + this.types.length - 1);
  }

  i32<N extends string>(...names: readonly N[]): Readonly<Record<N, Local>> {
    return named(names, () => this.one('i32'));
  }

  many(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.one(type));
  }

  /** A function body: declarations, code, end. */
  encode(code: Code): number[] {
    const declarations = this.types.flatMap((type) => [1, TYPE[type]]);
    const bytes = [...unsigned(this.types.length), ...declarations, ...code, 0x0b];
    return [...unsigned(bytes.length), ...bytes];
  }
}

function named<N extends string>(
  names: readonly N[],
  make: (i: number) => Local,
): Readonly<Record<N, Local>> {
  // fromEntries forgets the names; they are exactly the keys.
  return Object.fromEntries(names.map((name, i) => [name, make(i)])) as Record<N, Local>;
}

/** Statements one after the other. */
export const block = (...statements: Code[]): Code => statements.flat();

export const assign = (local: Local, value: Code): Code => [...value, 0x21, ...local.index];

export const increase = (local: Local, by: Code): Code => assign(local, i32.add(local, by));

/**
 * while (counter < end) { body; counter += step }, unsigned; the counter keeps its value.
 * @param step null when the body itself moves the counter
 */
export function whileBelow(counter: Local, end: Code, step: Code | null, body: Code): Code {
  return [
    ...[0x02, 0x40], // block
    ...i32.geU(counter, end),
    ...[0x0d, 0x00], // br_if out of the block
    ...[0x03, 0x40], // loop
    ...body,
    ...(step === null ? [] : increase(counter, step)),
    ...i32.ltU(counter, end),
    ...[0x0d, 0x00], // br_if back to the loop
    ...[0x0b, 0x0b],
  ];
}

export function ifBelow(a: Code, b: Code, body: Code): Code {
  return [...i32.ltU(a, b), 0x04, 0x40, ...body, 0x0b];
}

/** A function of a module: i32 parameters, no result. */
export interface WasmFunction {
  readonly name: string;
  readonly params: number;
  readonly body: readonly number[];
}

export function wasmFunction<P extends string>(
  name: string,
  params: readonly P[],
  build: (parameters: Readonly<Record<P, Local>>, locals: Locals) => Code,
): WasmFunction {
  const locals = new Locals(params.length);
  const code = build(named(params, localAt), locals);
  return { name, params: params.length, body: locals.encode(code) };
}

const section = (id: number, bytes: number[]): number[] => [id, ...unsigned(bytes.length), ...bytes];
const vector = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const text = (value: string): number[] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
};

/** A module that imports the memory `env.memory` and exports the functions by name. */
export function encodeModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const arities = [...new Set(functions.map(({ params }) => params))];
  const types = arities.map((n) => [0x60, ...unsigned(n), ...new Array<number>(n).fill(TYPE.i32), 0]);
  const memoryImport = [...text('env'), ...text('memory'), 0x02, 0x00, 0x00];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([memoryImport])),
    ...section(3, vector(functions.map(({ params }) => [arities.indexOf(params)]))),
    ...section(7, vector(functions.map(({ name }, i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, vector(functions.map(({ body }) => body))),
  ]);
}
