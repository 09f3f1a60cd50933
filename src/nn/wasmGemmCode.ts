/**
 * The multiplications of a sparse convolution as WebAssembly SIMD: gather rows, multiply with one tap's
 * matrix, add to rows; and the weight gradient. CPU counterparts of `shaders/conv`; the twin that both are
 * tested against is core/sparseConv.
 *
 * Why own code: tfjs's matMul multiplies packed matrices only (rows have to be gathered and products
 * scattered around it), packs its right operand again on every call, and falls back to plain loops for the
 * transposed operands that gradients need.
 *
 * Pointers are byte addresses, rows are contiguous float32, channels are multiples of 4. Sums run in a
 * fixed order and nothing here is fused, so results are the same bits on every machine.
 */

import {
  assign,
  block,
  type Code,
  f32x4,
  i32,
  ifBelow,
  increase,
  type Local,
  type Locals,
  v128,
  type WasmFunction,
  wasmFunction,
  whileBelow,
} from './wasmAssembler.ts';

/** Columns of a weight panel: with 4 rows it makes 8 running sums, which fit the 16 registers of x86. */
const PANEL = 8;
const ROWS = 4;
/** Bytes of one vector. */
const VECTOR = 16;

/** Vectors per row in a panel: two, or one in the panel that is left over. */
type Width = 1 | 2;

const bytes = (floats: Code): Code => i32.shl(floats, i32.const(2));
const each = (count: number, make: (i: number) => Code): Code =>
  block(...Array.from({ length: count }, (_, i) => make(i)));

/** Address of the row that entry `r` behind `entry` names. */
function rowAddress(base: Code, entry: Code, r: number, rowBytes: Local): Code {
  return i32.add(base, i32.mul(i32.load(entry, 4 * r), rowBytes));
}

/** `body` for each whole panel of a row and for the narrow one behind them; `column` in bytes. */
function forPanels(locals: Locals, column: Local, rowBytes: Local, body: (width: Width) => Code): Code {
  const { whole } = locals.i32('whole');
  return block(
    assign(whole, i32.and(rowBytes, i32.const(-4 * PANEL))),
    assign(column, i32.const(0)),
    whileBelow(column, whole, i32.const(4 * PANEL), body(2)),
    ifBelow(column, rowBytes, body(1)),
  );
}

/**
 *     y[scatter[p]] += x[gather[p]] W      p < n; no row appears twice in `scatter`
 *
 * W [cin, cout] packed by `pack`.
 */
const gemm = wasmFunction(
  'gemm',
  ['x', 'panels', 'y', 'gather', 'scatter', 'n', 'cin', 'cout'],
  ({ x, panels, y, gather, scatter, n, cin, cout }, locals) => {
    const { xRow, yRow, column, p, blocked, end, panel, weight, weightEnd, target } = locals.i32(
      ...(['xRow', 'yRow', 'column', 'p', 'blocked', 'end'] as const),
      ...(['panel', 'weight', 'weightEnd', 'target'] as const),
    );
    const source = locals.many('i32', ROWS);
    const sums = locals.many('v128', 2 * ROWS);
    const weights = locals.many('v128', 2);
    const a = locals.one('v128');
    const sum = (r: number, c: number) => sums[2 * r + c]!;

    /** The u-th of the next four input channels: x[row][channel] times a row of the panel. */
    const channel = (u: number, rows: number, width: Width): Code =>
      block(
        each(width, (c) => assign(weights[c]!, v128.load(weight, VECTOR * (u * width + c)))),
        each(rows, (r) =>
          block(
            assign(a, v128.loadSplat(source[r]!, 4 * u)),
            each(width, (c) => assign(sum(r, c), f32x4.add(sum(r, c), f32x4.mul(a, weights[c]!)))),
          ),
        ),
      );
    const tile = (rows: number, width: Width): Code =>
      block(
        each(rows, (r) => assign(source[r]!, rowAddress(x, i32.add(gather, p), r, xRow))),
        each(rows, (r) => each(width, (c) => assign(sum(r, c), v128.zero))),
        assign(weight, panel),
        assign(weightEnd, i32.add(panel, i32.mul(xRow, i32.const(4 * width)))),
        whileBelow(
          weight,
          weightEnd,
          i32.const(4 * VECTOR * width),
          block(
            each(4, (u) => channel(u, rows, width)),
            each(rows, (r) => increase(source[r]!, i32.const(VECTOR))),
          ),
        ),
        each(rows, (r) =>
          block(
            assign(target, rowAddress(i32.add(y, column), i32.add(scatter, p), r, yRow)),
            each(width, (c) =>
              v128.store(target, f32x4.add(v128.load(target, VECTOR * c), sum(r, c)), VECTOR * c),
            ),
          ),
        ),
      );
    const rows = (width: Width): Code =>
      block(
        assign(p, i32.const(0)),
        whileBelow(p, blocked, i32.const(4 * ROWS), tile(ROWS, width)),
        whileBelow(p, end, i32.const(4), tile(1, width)),
        increase(panel, i32.mul(xRow, i32.const(4 * width))),
      );
    return block(
      assign(xRow, bytes(cin)),
      assign(yRow, bytes(cout)),
      assign(end, bytes(n)),
      assign(blocked, i32.and(end, i32.const(-4 * ROWS))),
      assign(panel, panels),
      forPanels(locals, column, yRow, rows),
    );
  },
);

/** W [cin, cout] -> panels of 8 columns, one after the other, each [cin, 8] (the last may be [cin, 4]). */
const pack = wasmFunction('pack', ['w', 'panels', 'cin', 'cout'], ({ w, panels, cin, cout }, locals) => {
  const { row, column, from, i, out } = locals.i32('row', 'column', 'from', 'i', 'out');
  return block(
    assign(row, bytes(cout)),
    assign(out, panels),
    forPanels(locals, column, row, (width) =>
      block(
        assign(from, i32.add(w, column)),
        assign(i, i32.const(0)),
        whileBelow(
          i,
          cin,
          i32.const(1),
          block(
            each(width, (c) => v128.store(out, v128.load(from, VECTOR * c), VECTOR * c)),
            increase(from, row),
            increase(out, i32.const(VECTOR * width)),
          ),
        ),
      ),
    ),
  );
});

/** As `pack` for the transpose of W [cin, cout]: panels of [cout, 8]. */
const packTransposed = wasmFunction(
  'packTransposed',
  ['w', 'panels', 'cin', 'cout'],
  ({ w, panels, cin, cout }, locals) => {
    const { row, columns, column, from, o, out } = locals.i32('row', 'columns', 'column', 'from', 'o', 'out');
    const lines = locals.many('i32', PANEL);
    const gathered = (first: number): Code =>
      Array.from({ length: 4 }, (_, lane) => lane).reduce<Code>(
        (vector, lane) => v128.loadLane(lines[first + lane]!, vector, lane),
        v128.zero,
      );
    return block(
      assign(row, bytes(cout)),
      assign(columns, bytes(cin)),
      assign(out, panels),
      assign(from, w),
      forPanels(locals, column, columns, (width) =>
        block(
          each(4 * width, (j) => block(assign(lines[j]!, from), increase(from, row))),
          assign(o, i32.const(0)),
          whileBelow(
            o,
            cout,
            i32.const(1),
            block(
              each(width, (c) => v128.store(out, gathered(4 * c), VECTOR * c)),
              each(4 * width, (j) => increase(lines[j]!, i32.const(4))),
              increase(out, i32.const(VECTOR * width)),
            ),
          ),
        ),
      ),
    );
  },
);

/**
 *     dw[i][o] += sum_p x[gather[p]][i] dy[scatter[p]][o]      dw [cin, cout]
 */
const weightGrad = wasmFunction(
  'weightGrad',
  ['x', 'dy', 'dw', 'gather', 'scatter', 'n', 'cin', 'cout'],
  ({ x, dy, dw, gather, scatter, n, cin, cout }, locals) => {
    const { xRow, yRow, column, i, p, end, line, source, target } = locals.i32(
      ...(['xRow', 'yRow', 'column', 'i', 'p', 'end', 'line', 'source', 'target'] as const),
    );
    const sums = locals.many('v128', 2 * ROWS);
    const gradient = locals.many('v128', 2);
    const a = locals.one('v128');
    const sum = (r: number, c: number) => sums[2 * r + c]!;
    const tile = (width: Width): Code =>
      block(
        each(ROWS, (r) => each(width, (c) => assign(sum(r, c), v128.zero))),
        assign(p, i32.const(0)),
        whileBelow(
          p,
          end,
          i32.const(4),
          block(
            assign(source, rowAddress(i32.add(x, i), i32.add(gather, p), 0, xRow)),
            assign(target, rowAddress(i32.add(dy, column), i32.add(scatter, p), 0, yRow)),
            each(width, (c) => assign(gradient[c]!, v128.load(target, VECTOR * c))),
            each(ROWS, (r) =>
              block(
                assign(a, v128.loadSplat(source, 4 * r)),
                each(width, (c) => assign(sum(r, c), f32x4.add(sum(r, c), f32x4.mul(a, gradient[c]!)))),
              ),
            ),
          ),
        ),
        assign(target, i32.add(line, column)),
        each(ROWS, (r) =>
          block(
            each(width, (c) =>
              v128.store(target, f32x4.add(v128.load(target, VECTOR * c), sum(r, c)), VECTOR * c),
            ),
            increase(target, yRow),
          ),
        ),
      );
    return block(
      assign(xRow, bytes(cin)),
      assign(yRow, bytes(cout)),
      assign(end, bytes(n)),
      assign(line, dw),
      assign(i, i32.const(0)),
      whileBelow(
        i,
        xRow,
        i32.const(4 * ROWS),
        block(forPanels(locals, column, yRow, tile), increase(line, i32.mul(yRow, i32.const(ROWS)))),
      ),
    );
  },
);

export const GEMM_FUNCTIONS: readonly WasmFunction[] = [gemm, pack, packTransposed, weightGrad];
