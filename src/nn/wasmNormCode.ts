/**
 * Everything that is not a multiplication as WebAssembly SIMD: batch norm with residual and activation,
 * forward and backward, and rows by list. CPU counterparts of `shaders/norm` and `shaders/rows`; twins
 * core/batchNorm and core/pointRows.
 *
 * Per-channel values reach the code as one table [7, C], see `TABLE`. Sums over rows are float64.
 */

import type { Activation } from './ops.ts';
import {
  assign,
  block,
  type Code,
  f32x4,
  f64x2,
  i32,
  increase,
  type Local,
  type Locals,
  v128,
  type WasmFunction,
  wasmFunction,
  whileBelow,
} from './wasmAssembler.ts';

/** Rows of the table; u = (x - centre) * scale + shift + residual is the value before the activation. */
export const TABLE = {
  centre: 0,
  scale: 1,
  shift: 2,
  slope: 3,
  inverse: 4,
  meanDu: 5,
  meanDuXhat: 6,
} as const;
export const TABLE_ROWS = 7;

/** Bytes of one vector. */
const VECTOR = 16;
const ACTIVATIONS: readonly Activation[] = ['none', 'relu', 'prelu'];

/** Name of the function that does `what` with this activation, with or without a residual. */
export function variant<W extends string>(what: W, activation: Activation, residual: boolean): Variant<W> {
  return residual ? `${what}_${activation}_residual` : `${what}_${activation}`;
}
export type Variant<W extends string> = `${W}_${Activation}` | `${W}_${Activation}_residual`;

function variants(make: (activation: Activation, residual: boolean) => WasmFunction): WasmFunction[] {
  return ACTIVATIONS.flatMap((activation) => [make(activation, false), make(activation, true)]);
}

const bytes = (floats: Code): Code => i32.shl(floats, i32.const(2));

/** The table's entries at byte `column` of a row of `row` bytes. */
function tableReader(locals: Locals, table: Local, row: Local, column: Local) {
  const { entry } = locals.i32('entry');
  return {
    /** Call before reading, whenever `column` changed. */
    seek: assign(entry, i32.add(table, column)),
    read: (name: keyof typeof TABLE): Code => v128.load(i32.add(entry, i32.mul(row, i32.const(TABLE[name])))),
  };
}

/** `body` for each vector of each row: `at` is its byte in the matrix, `column` in the row. */
function forElements(rows: Code, row: Local, at: Local, column: Local, end: Local, body: Code): Code {
  return block(
    assign(at, i32.const(0)),
    assign(end, i32.mul(rows, row)),
    whileBelow(
      at,
      end,
      null,
      block(
        assign(column, i32.const(0)),
        whileBelow(column, row, i32.const(VECTOR), block(body, increase(at, i32.const(VECTOR)))),
      ),
    ),
  );
}

/** y = act(u); y may be x. */
const activate = (activation: Activation, residual: boolean): WasmFunction =>
  wasmFunction(
    variant('activate', activation, residual),
    ['x', 'table', 'residual', 'y', 'rows', 'channels'],
    (p, locals) => {
      const { row, at, column, end } = locals.i32('row', 'at', 'column', 'end');
      const u = locals.one('v128');
      const { seek, read } = tableReader(locals, p.table, row, column);
      const norm = f32x4.add(
        f32x4.mul(f32x4.sub(v128.load(i32.add(p.x, at)), read('centre')), read('scale')),
        read('shift'),
      );
      const values: Readonly<Record<Activation, Code>> = {
        none: u,
        relu: f32x4.max(u, v128.zero),
        prelu: v128.select(u, f32x4.mul(u, read('slope')), f32x4.gt(u, v128.zero)),
      };
      const body = block(
        seek,
        assign(u, residual ? f32x4.add(norm, v128.load(i32.add(p.residual, at))) : norm),
        v128.store(i32.add(p.y, at), values[activation]),
      );
      return block(assign(row, bytes(p.channels)), forElements(p.rows, row, at, column, end, body));
    },
  );

/** `body` for each vector of a row, and inside it `each` for every row; sums stay in locals. */
function forColumns(
  { rows, channels }: { rows: Local; channels: Local },
  locals: Locals,
  make: (row: Local, column: Local) => { before: Code; each: (at: Local) => Code; after: Code },
): Code {
  const { row, column, at, end } = locals.i32('row', 'column', 'at', 'end');
  const { before, each, after } = make(row, column);
  return block(
    assign(row, bytes(channels)),
    assign(column, i32.const(0)),
    whileBelow(
      column,
      row,
      i32.const(VECTOR),
      block(
        before,
        assign(at, column),
        assign(end, i32.mul(rows, row)),
        whileBelow(at, end, row, each(at)),
        after,
      ),
    ),
  );
}

/** Two locals that add up four floats in float64, for the doubles at byte 2 * column of `sums`. */
function columnSum(locals: Locals, sums: Code, column: Local) {
  const [low, high] = [locals.one('v128'), locals.one('v128')];
  const address = i32.add(sums, i32.shl(column, i32.const(1)));
  return {
    load: block(assign(low, v128.load(address)), assign(high, v128.load(address, VECTOR))),
    add: (value: Code) =>
      block(assign(low, f64x2.add(low, f64x2.low(value))), assign(high, f64x2.add(high, f64x2.high(value)))),
    store: block(v128.store(address, low), v128.store(address, high, VECTOR)),
    low,
    high,
  };
}

/** sums[c] += x[r][c]; sums float64 [C]. */
const columnSums = wasmFunction('columnSums', ['x', 'sums', 'rows', 'channels'], (p, locals) =>
  forColumns(p, locals, (_row, column) => {
    const sum = columnSum(locals, p.sums, column);
    return {
      before: sum.load,
      each: (at) => sum.add(v128.load(i32.add(p.x, at))),
      after: sum.store,
    };
  }),
);

/** sums[c] += (x[r][c] - means[c])^2; means and sums float64 [C]. */
const columnSquares = wasmFunction('columnSquares', ['x', 'means', 'sums', 'rows', 'channels'], (p, locals) =>
  forColumns(p, locals, (_row, column) => {
    const sum = columnSum(locals, p.sums, column);
    const mean = columnSum(locals, p.means, column);
    const [value, d] = [locals.one('v128'), locals.one('v128')];
    const square = (half: Code, centre: Local, total: Local): Code =>
      block(assign(d, f64x2.sub(half, centre)), assign(total, f64x2.add(total, f64x2.mul(d, d))));
    return {
      before: block(sum.load, mean.load),
      each: (at) =>
        block(
          assign(value, v128.load(i32.add(p.x, at))),
          square(f64x2.low(value), mean.low, sum.low),
          square(f64x2.high(value), mean.high, sum.high),
        ),
      after: sum.store,
    };
  }),
);

/** Locals and code that make du = dy * act'(u) and xhat of the vector at byte `at`, as in the forward pass. */
function backwardValues(
  locals: Locals,
  p: Readonly<Record<'x' | 'dy' | 'residual', Local>>,
  read: (name: keyof typeof TABLE) => Code,
  activation: Activation,
  residual: boolean,
) {
  const [d, u, g, du] = locals.many('v128', 4) as [Local, Local, Local, Local];
  const positive = f32x4.gt(u, v128.zero);
  const slopes: Readonly<Record<Activation, Code>> = {
    none: g,
    relu: v128.and(g, positive),
    prelu: v128.select(g, f32x4.mul(g, read('slope')), positive),
  };
  const norm = f32x4.add(f32x4.mul(d, read('scale')), read('shift'));
  return {
    make: (at: Local): Code =>
      block(
        assign(d, f32x4.sub(v128.load(i32.add(p.x, at)), read('centre'))),
        assign(u, residual ? f32x4.add(norm, v128.load(i32.add(p.residual, at))) : norm),
        assign(g, v128.load(i32.add(p.dy, at))),
        assign(du, slopes[activation]),
      ),
    du,
    xhat: f32x4.mul(d, read('inverse')),
    /** Derivative with respect to the slope of a PReLU. */
    dSlope: v128.select(v128.zero, f32x4.mul(g, u), positive),
  };
}

/** sums += [du; du * xhat; dSlope] over the rows; sums float64 [3, C]. */
const normGradSums = (activation: Activation, residual: boolean): WasmFunction =>
  wasmFunction(
    variant('normGradSums', activation, residual),
    ['x', 'dy', 'table', 'residual', 'sums', 'rows', 'channels'],
    (p, locals) =>
      forColumns(p, locals, (row, column) => {
        const { seek, read } = tableReader(locals, p.table, row, column);
        const values = backwardValues(locals, p, read, activation, residual);
        const line = (i: number) =>
          columnSum(locals, i32.add(p.sums, i32.mul(row, i32.const(2 * i))), column);
        const [du, duXhat, slope] = [line(0), line(1), line(2)];
        const prelu = activation === 'prelu';
        return {
          before: block(seek, du.load, duXhat.load, prelu ? slope.load : []),
          each: (at) =>
            block(
              values.make(at),
              du.add(values.du),
              duXhat.add(f32x4.mul(values.du, values.xhat)),
              prelu ? slope.add(values.dSlope) : [],
            ),
          after: block(du.store, duXhat.store, prelu ? slope.store : []),
        };
      }),
  );

/** dx = scale * (du - mean(du) - xhat * mean(du * xhat)), and du itself for the residual. */
const normGradApply = (activation: Activation, residual: boolean): WasmFunction =>
  wasmFunction(
    variant('normGradApply', activation, residual),
    ['x', 'dy', 'table', 'residual', 'dx', 'dResidual', 'rows', 'channels'],
    (p, locals) => {
      const { row, at, column, end } = locals.i32('row', 'at', 'column', 'end');
      const { seek, read } = tableReader(locals, p.table, row, column);
      const { make, du, xhat } = backwardValues(locals, p, read, activation, residual);
      const centred = f32x4.sub(f32x4.sub(du, read('meanDu')), f32x4.mul(xhat, read('meanDuXhat')));
      const body = block(
        seek,
        make(at),
        v128.store(i32.add(p.dx, at), f32x4.mul(read('scale'), centred)),
        residual ? v128.store(i32.add(p.dResidual, at), du) : [],
      );
      return block(assign(row, bytes(p.channels)), forElements(p.rows, row, at, column, end, body));
    },
  );

/** Walks a list of rows: `named` is the address of the row that the entry names, `next` of the next row. */
function rowsByList(name: string, copy: (named: Code, next: Code) => Code): WasmFunction {
  return wasmFunction(name, ['matrix', 'list', 'lines', 'n', 'channels'], (p, locals) => {
    const { row, entry, last, line, column } = locals.i32('row', 'entry', 'last', 'line', 'column');
    const { matrixRow } = locals.i32('matrixRow');
    return block(
      assign(row, bytes(p.channels)),
      assign(line, p.lines),
      assign(entry, p.list),
      assign(last, i32.add(p.list, bytes(p.n))),
      whileBelow(
        entry,
        last,
        i32.const(4),
        block(
          assign(matrixRow, i32.add(p.matrix, i32.mul(i32.load(entry), row))),
          assign(column, i32.const(0)),
          whileBelow(column, row, i32.const(VECTOR), copy(i32.add(matrixRow, column), i32.add(line, column))),
          increase(line, row),
        ),
      ),
    );
  });
}

/** lines[i] = matrix[list[i]] */
const gatherRows = rowsByList('gatherRows', (named, next) => v128.store(next, v128.load(named)));
/** matrix[list[i]] += lines[i], in the order of i. */
const addRows = rowsByList('addRows', (named, next) =>
  v128.store(named, f32x4.add(v128.load(named), v128.load(next))),
);

export const NORM_FUNCTIONS: readonly WasmFunction[] = [
  columnSums,
  columnSquares,
  gatherRows,
  addRows,
  ...variants(activate),
  ...variants(normGradSums),
  ...variants(normGradApply),
];
