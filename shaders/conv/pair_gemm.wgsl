// Phase one of the sparse convolution: a GEMM grouped by kernel tap over the compacted pair list.
//
//   y[dst(s)] = x[gather_row[s]] W[tap(s)]      for every slot s
//
// Tiles of 32 slots never straddle taps (core/convPairs.ts), so a workgroup reads one weight matrix.
// A thread keeps 8 rows x 4 columns in registers: 12 vec4 loads for 128 multiply-adds. The eight rows are
// written out by hand because an indexed private array falls out of registers on some drivers.
//
// `rows` mode writes dst = write_row[s] and is used where every output row has exactly one pair (transposed
// 2^3 convolution, its mirror in the backward pass, and dense layers); it applies the epilogue
//   act(acc * scale + shift + residual).
// Otherwise dst = s in a product buffer of `cols4` columns that conv/segment_sum adds up.
// Twin: core/sparseConv.ts (sparseConv). Law: core/indexLaw.ts.
#import shared/activation

override TRANSPOSE: bool = false; // use W[tap]^T (gradient with respect to the input)
override FLIP: bool = false; // use tap taps-1-k (symmetric maps, backward)
override DENSE: bool = false; // row = slot, one tap
override ROWS: bool = false; // write rows, not slots
override EPILOGUE: bool = false;
override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;
override COLUMN_THREADS: u32 = 8u;

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

fn product(a: vec4<f32>, w0: vec4<f32>, w1: vec4<f32>, w2: vec4<f32>, w3: vec4<f32>) -> vec4<f32> {
  if (TRANSPOSE) { return vec4(dot(a, w0), dot(a, w1), dot(a, w2), dot(a, w3)); }
  return a.x * w0 + a.y * w1 + a.z * w2 + a.w * w3;
}

fn store(slot: u32, row: u32, column: u32, value: vec4<f32>) {
  if (row == NONE) { return; }
  if (!ROWS) {
    y[slot * params.cols4 + column - params.col_start] = value;
    return;
  }
  var dst = slot;
  if (!DENSE) { dst = write_row[slot]; }
  let at = dst * params.out4 + column;
  var v = value;
  if (EPILOGUE) { v = v * affine[column] + affine[params.out4 + column]; }
  if (RESIDUAL) { v += residual[at]; }
  if (EPILOGUE) { v = activate(v, ACTIVATION, affine[2u * params.out4 + column]); }
  y[at] = v;
}

@compute @workgroup_size(COLUMN_THREADS, 4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let tile = group.z * params.tiles_x + group.x;
  let local_column = group.y * COLUMN_THREADS + local.x;
  let slot = tile * 32u + local.y * 8u;
  if (local_column >= params.cols4 || tile * 32u >= params.slots) { return; }
  let column = params.col_start + local_column;

  var tap = 0u;
  if (!DENSE) { tap = tile_tap[tile]; }
  if (FLIP) { tap = params.taps - 1u - tap; }

  let r0 = source_row(slot);
  let r1 = source_row(slot + 1u);
  let r2 = source_row(slot + 2u);
  let r3 = source_row(slot + 3u);
  let r4 = source_row(slot + 4u);
  let r5 = source_row(slot + 5u);
  let r6 = source_row(slot + 6u);
  let r7 = source_row(slot + 7u);
  // Pairs fill a tap's slots from the front: if the first of the eight is absent, so are the others.
  if (r0 == NONE) { return; }

  let b0 = base(r0); let b1 = base(r1); let b2 = base(r2); let b3 = base(r3);
  let b4 = base(r4); let b5 = base(r5); let b6 = base(r6); let b7 = base(r7);
  var a0 = vec4(0f); var a1 = vec4(0f); var a2 = vec4(0f); var a3 = vec4(0f);
  var a4 = vec4(0f); var a5 = vec4(0f); var a6 = vec4(0f); var a7 = vec4(0f);
  // W[tap] is [in, out] row-major, or [out, in] when transposed.
  var at = tap * params.in4 * 4u * params.out4;
  var row_step = params.out4;
  var block_step = 4u * params.out4;
  if (TRANSPOSE) {
    at += column * 4u * params.in4;
    row_step = params.in4;
    block_step = 1u;
  } else {
    at += column;
  }
  for (var i = 0u; i < params.in4; i++) {
    let w0 = w[at];
    let w1 = w[at + row_step];
    let w2 = w[at + 2u * row_step];
    let w3 = w[at + 3u * row_step];
    at += block_step;
    a0 += product(x[b0 + i], w0, w1, w2, w3);
    a1 += product(x[b1 + i], w0, w1, w2, w3);
    a2 += product(x[b2 + i], w0, w1, w2, w3);
    a3 += product(x[b3 + i], w0, w1, w2, w3);
    a4 += product(x[b4 + i], w0, w1, w2, w3);
    a5 += product(x[b5 + i], w0, w1, w2, w3);
    a6 += product(x[b6 + i], w0, w1, w2, w3);
    a7 += product(x[b7 + i], w0, w1, w2, w3);
  }
  store(slot, r0, column, a0);
  store(slot + 1u, r1, column, a1);
  store(slot + 2u, r2, column, a2);
  store(slot + 3u, r3, column, a3);
  store(slot + 4u, r4, column, a4);
  store(slot + 5u, r5, column, a5);
  store(slot + 6u, r6, column, a6);
  store(slot + 7u, r7, column, a7);
}
