// Phase one of the sparse convolution: a GEMM grouped by kernel tap over the compacted pair list.
//
//   y[dst(s)] = x[gather_row[s]] W[tap(s)]      for every slot s
//
// Tiles of 32 slots never straddle taps (core/convPairs.ts), so a workgroup reads one weight matrix.
// A thread keeps 8 or 16 rows x 4, 8 or 16 columns in registers: the larger the tile, the fewer loads a
// multiply-add costs, and the more registers it takes. conv/pair_gemm_staged is the other variant.
//
// `ROWS` mode writes dst = write_row[s] and is used where every output row has exactly one pair (transposed
// 2^3 convolution, its mirror in the backward pass, and dense layers); it applies the epilogue
//   act(acc * scale + shift + residual).
// Otherwise dst = s in a product buffer of `cols4` columns that conv/segment_sum adds up.
// Twin: core/sparseConv.ts (sparseConv). Law: core/indexLaw.ts.
#import shared/activation
#import shared/gemm_tile

override TRANSPOSE: bool = false; // use W[tap]^T (gradient with respect to the input)
override FLIP: bool = false; // use tap taps-1-k (symmetric maps, backward)
override DENSE: bool = false; // row = slot, one tap
override ROWS: bool = false; // write rows, not slots
override EPILOGUE: bool = false;
override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;
override COLUMN_THREADS: u32 = 8u;
override ROW_THREADS: u32 = 4u; // 4 with 8 rows each, or 2 with 16

struct Params {
  slots: u32, // rows when DENSE
  in4: u32, // reduction channels / 4
  out4: u32, // all output channels / 4
  col_start: u32, // first output column of this dispatch / 4
  cols4: u32, // output columns of this dispatch / 4
  taps: u32,
  tiles_x: u32, // tiles along dispatch x; tile = z * tiles_x + x
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gather_row: array<u32>;
@group(0) @binding(2) var<storage, read> write_row: array<u32>;
@group(0) @binding(3) var<storage, read> tile_tap: array<u32>;
@group(0) @binding(4) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read> affine: array<vec4<f32>>; // [3, out]: scale, shift, slope
@group(0) @binding(7) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> y: array<vec4<f32>>;

const NONE = 0xffffffffu;

fn source_row(slot: u32) -> u32 {
  if (slot >= params.slots) { return NONE; }
  if (DENSE) { return slot; }
  return gather_row[slot];
}

// Where a row begins. Absent rows read row 0 and are dropped when storing: cheaper than a branch per load.
fn base(row: u32) -> u32 { return select(row, 0u, row == NONE) * params.in4; }

// Where a column's weights begin; columns beyond the last repeat it and are dropped when storing.
// W[tap] is [in, out] row-major, or [out, in] when transposed.
fn weights_at(tap: u32, local_column: u32) -> u32 {
  let column = params.col_start + min(local_column, params.cols4 - 1u);
  let at = tap * params.in4 * 4u * params.out4;
  if (TRANSPOSE) { return at + column * 4u * params.in4; }
  return at + column;
}

fn weight_block(at: u32) -> mat4x4<f32> {
  if (TRANSPOSE) {
    let step = params.in4;
    return transpose(mat4x4<f32>(w[at], w[at + step], w[at + 2u * step], w[at + 3u * step]));
  }
  let step = params.out4;
  return mat4x4<f32>(w[at], w[at + step], w[at + 2u * step], w[at + 3u * step]);
}

fn store_column(slot: u32, row: u32, local_column: u32, value: vec4<f32>) {
  if (local_column >= params.cols4) { return; }
  if (!ROWS) {
    y[slot * params.cols4 + local_column] = value;
    return;
  }
  var dst = slot;
  if (!DENSE) { dst = write_row[slot]; }
  let column = params.col_start + local_column;
  let at = dst * params.out4 + column;
  var v = value;
  if (EPILOGUE) { v = v * affine[column] + affine[params.out4 + column]; }
  if (RESIDUAL) { v += residual[at]; }
  if (EPILOGUE) { v = activate(v, ACTIVATION, affine[2u * params.out4 + column]); }
  y[at] = v;
}

fn store(slot: u32, row: u32, local_column: u32, value: TileRow) {
  if (row == NONE) { return; }
  store_column(slot, row, local_column, value.c0);
  if (COLUMNS > 1u) { store_column(slot, row, local_column + COLUMN_THREADS, value.c1); }
  if (COLUMNS > 2u) {
    store_column(slot, row, local_column + 2u * COLUMN_THREADS, value.c2);
    store_column(slot, row, local_column + 3u * COLUMN_THREADS, value.c3);
  }
}

@compute @workgroup_size(COLUMN_THREADS, ROW_THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let tile = group.z * params.tiles_x + group.x;
  let column = group.y * COLUMN_THREADS * COLUMNS + local.x;
  let slot = tile * 32u + local.y * (32u / ROW_THREADS);
  if (column >= params.cols4 || tile * 32u >= params.slots) { return; }

  var tap = 0u;
  if (!DENSE) { tap = tile_tap[tile]; }
  if (FLIP) { tap = params.taps - 1u - tap; }

  let r0 = source_row(slot);
  // Pairs fill a tap's slots from the front: if the first is absent, so are the others.
  if (r0 == NONE) { return; }
  let r1 = source_row(slot + 1u); let r2 = source_row(slot + 2u); let r3 = source_row(slot + 3u);
  let r4 = source_row(slot + 4u); let r5 = source_row(slot + 5u); let r6 = source_row(slot + 6u);
  let r7 = source_row(slot + 7u);
  var r8 = NONE; var r9 = NONE; var r10 = NONE; var r11 = NONE;
  var r12 = NONE; var r13 = NONE; var r14 = NONE; var r15 = NONE;
  if (ROW_THREADS == 2u) {
    r8 = source_row(slot + 8u); r9 = source_row(slot + 9u); r10 = source_row(slot + 10u);
    r11 = source_row(slot + 11u); r12 = source_row(slot + 12u); r13 = source_row(slot + 13u);
    r14 = source_row(slot + 14u); r15 = source_row(slot + 15u);
  }

  let b0 = base(r0); let b1 = base(r1); let b2 = base(r2); let b3 = base(r3);
  let b4 = base(r4); let b5 = base(r5); let b6 = base(r6); let b7 = base(r7);
  let b8 = base(r8); let b9 = base(r9); let b10 = base(r10); let b11 = base(r11);
  let b12 = base(r12); let b13 = base(r13); let b14 = base(r14); let b15 = base(r15);
  var a0: TileRow; var a1: TileRow; var a2: TileRow; var a3: TileRow;
  var a4: TileRow; var a5: TileRow; var a6: TileRow; var a7: TileRow;
  var a8: TileRow; var a9: TileRow; var a10: TileRow; var a11: TileRow;
  var a12: TileRow; var a13: TileRow; var a14: TileRow; var a15: TileRow;

  let w0 = weights_at(tap, column);
  let w1 = weights_at(tap, column + COLUMN_THREADS);
  let w2 = weights_at(tap, column + 2u * COLUMN_THREADS);
  let w3 = weights_at(tap, column + 3u * COLUMN_THREADS);
  var step = 4u * params.out4;
  if (TRANSPOSE) { step = 1u; }
  var along = 0u;
  for (var i = 0u; i < params.in4; i++) {
    var m: TileWeights;
    m.c0 = weight_block(w0 + along);
    if (COLUMNS > 1u) { m.c1 = weight_block(w1 + along); }
    if (COLUMNS > 2u) {
      m.c2 = weight_block(w2 + along);
      m.c3 = weight_block(w3 + along);
    }
    along += step;
    a0 = add_row(a0, x[b0 + i], m); a1 = add_row(a1, x[b1 + i], m);
    a2 = add_row(a2, x[b2 + i], m); a3 = add_row(a3, x[b3 + i], m);
    a4 = add_row(a4, x[b4 + i], m); a5 = add_row(a5, x[b5 + i], m);
    a6 = add_row(a6, x[b6 + i], m); a7 = add_row(a7, x[b7 + i], m);
    if (ROW_THREADS == 2u) {
      a8 = add_row(a8, x[b8 + i], m); a9 = add_row(a9, x[b9 + i], m);
      a10 = add_row(a10, x[b10 + i], m); a11 = add_row(a11, x[b11 + i], m);
      a12 = add_row(a12, x[b12 + i], m); a13 = add_row(a13, x[b13 + i], m);
      a14 = add_row(a14, x[b14 + i], m); a15 = add_row(a15, x[b15 + i], m);
    }
  }

  store(slot, r0, column, a0); store(slot + 1u, r1, column, a1);
  store(slot + 2u, r2, column, a2); store(slot + 3u, r3, column, a3);
  store(slot + 4u, r4, column, a4); store(slot + 5u, r5, column, a5);
  store(slot + 6u, r6, column, a6); store(slot + 7u, r7, column, a7);
  if (ROW_THREADS == 2u) {
    store(slot + 8u, r8, column, a8); store(slot + 9u, r9, column, a9);
    store(slot + 10u, r10, column, a10); store(slot + 11u, r11, column, a11);
    store(slot + 12u, r12, column, a12); store(slot + 13u, r13, column, a13);
    store(slot + 14u, r14, column, a14); store(slot + 15u, r15, column, a15);
  }
}
