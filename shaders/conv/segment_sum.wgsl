// Phase two of the sparse convolution: adds the products of an output row in the order of the taps, so the
// result does not depend on thread timing, then applies the epilogue act(acc * scale + shift + residual).
// Twin: core/sparseConv.ts (sparseConv).
#import shared/activation

override TAPS: u32 = 27u;
override EPILOGUE: bool = false;
override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

struct Params {
  rows: u32,
  out4: u32, // all output channels / 4
  col_start: u32, // first column of this dispatch / 4
  cols4: u32, // columns of this dispatch / 4
  threads_x: u32, // threads along x; item = y * threads_x + x
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> slot_of: array<i32>; // [TAPS, rows]
@group(0) @binding(2) var<storage, read> products: array<vec4<f32>>; // [slots, cols4]
@group(0) @binding(3) var<storage, read> affine: array<vec4<f32>>; // [3, out]: scale, shift, slope
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>; // [rows, out4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.rows * params.cols4) { return; }
  let row = item / params.cols4;
  let local_column = item % params.cols4;
  var acc = vec4(0f);
  for (var k = 0u; k < TAPS; k++) {
    let slot = slot_of[k * params.rows + row];
    if (slot >= 0) { acc += products[u32(slot) * params.cols4 + local_column]; }
  }
  let column = params.col_start + local_column;
  let at = row * params.out4 + column;
  if (EPILOGUE) { acc = acc * affine[column] + affine[params.out4 + column]; }
  if (RESIDUAL) { acc += residual[at]; }
  if (EPILOGUE) { acc = activate(acc, ACTIVATION, affine[2u * params.out4 + column]); }
  y[at] = acc;
}
