// Phase two of the sparse convolution: adds the products of an output row in the order of the taps, so the
// result does not depend on thread timing, then applies the epilogue act(acc * scale + shift + residual).
// A thread owns 1, 2 or 4 vec4 columns of a row, so that they share the look-up of the slots.
// Twin: core/sparseConv.ts (sparseConv).
#import shared/activation

override TAPS: u32 = 27u;
override COLUMNS: u32 = 1u;
override EPILOGUE: bool = false;
override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

struct Params {
  rows: u32,
  out4: u32, // all output channels / 4
  col_start: u32, // first column of this dispatch / 4
  cols4: u32, // columns of this dispatch / 4
  row_threads: u32, // threads of one row, cols4 / COLUMNS rounded up; a thread's columns lie that far apart
  threads_x: u32, // threads along x; item = y * threads_x + x
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slot_of: array<i32>; // [TAPS, rows]
@group(0) @binding(2) var<storage, read> products: array<vec4<f32>>; // [slots, cols4]
@group(0) @binding(3) var<storage, read> affine: array<vec4<f32>>; // [3, out]: scale, shift, slope
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>; // [rows, out4]

fn store(row: u32, local_column: u32, sum: vec4<f32>) {
  if (local_column >= params.cols4) { return; }
  let column = params.col_start + local_column;
  let at = row * params.out4 + column;
  var v = sum;
  if (EPILOGUE) { v = v * affine[column] + affine[params.out4 + column]; }
  if (RESIDUAL) { v += residual[at]; }
  if (EPILOGUE) { v = activate(v, ACTIVATION, affine[2u * params.out4 + column]); }
  y[at] = v;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.rows * params.row_threads) { return; }
  let row = item / params.row_threads;
  let c0 = item % params.row_threads;
  // Columns beyond the last read the last and are dropped when storing.
  let last = params.cols4 - 1u;
  let c1 = min(c0 + params.row_threads, last);
  let c2 = min(c0 + 2u * params.row_threads, last);
  let c3 = min(c0 + 3u * params.row_threads, last);
  var s0 = vec4(0f); var s1 = vec4(0f); var s2 = vec4(0f); var s3 = vec4(0f);
  for (var k = 0u; k < TAPS; k++) {
    let slot = slot_of[k * params.rows + row];
    if (slot < 0) { continue; }
    let at = u32(slot) * params.cols4;
    s0 += products[at + c0];
    if (COLUMNS > 1u) { s1 += products[at + c1]; }
    if (COLUMNS > 2u) {
      s2 += products[at + c2];
      s3 += products[at + c3];
    }
  }
  store(row, c0, s0);
  if (COLUMNS > 1u) { store(row, c0 + params.row_threads, s1); }
  if (COLUMNS > 2u) {
    store(row, c0 + 2u * params.row_threads, s2);
    store(row, c0 + 3u * params.row_threads, s3);
  }
}
