// Output-stationary sparse convolution for few input channels (the stem: 125 taps, 4 channels), where a
// product buffer would be larger than the work. Each thread owns one output row x 4 columns and walks the
// taps; absent taps are skipped by all threads of the row alike.
// Twin: core/sparseConv.ts (sparseConv).
#import shared/activation

override TAPS: u32 = 125u;
override EPILOGUE: bool = false;
override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

struct Params {
  rows: u32,
  in4: u32,
  out4: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source: array<i32>; // [TAPS, rows]
@group(0) @binding(2) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> w: array<vec4<f32>>; // [TAPS, in, out4]
@group(0) @binding(4) var<storage, read> affine: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.rows * params.out4) { return; }
  let row = item / params.out4;
  let column = item % params.out4;
  var acc = vec4(0f);
  for (var k = 0u; k < TAPS; k++) {
    let from_row = source[k * params.rows + row];
    if (from_row < 0) { continue; }
    for (var i = 0u; i < params.in4; i++) {
      let a = x[u32(from_row) * params.in4 + i];
      let at = (k * params.in4 + i) * 4u * params.out4 + column;
      acc += a.x * w[at] + a.y * w[at + params.out4] + a.z * w[at + 2u * params.out4] +
        a.w * w[at + 3u * params.out4];
    }
  }
  let at = row * params.out4 + column;
  if (EPILOGUE) { acc = acc * affine[column] + affine[params.out4 + column]; }
  if (RESIDUAL) { acc += residual[at]; }
  if (EPILOGUE) { acc = activate(acc, ACTIVATION, affine[2u * params.out4 + column]); }
  y[at] = acc;
}
