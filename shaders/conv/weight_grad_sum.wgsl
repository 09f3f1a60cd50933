// Gradient with respect to the weights, second pass: adds the partial sums of a tap's chunks in order.
// Taps without pairs get exactly zero. Twin: core/sparseConv.ts (sparseConvWeightGrad).

struct Params {
  matrix4: u32, // in * out / 4
  taps: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tap_table: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> partial: array<vec4<f32>>; // [chunks, matrix4]
@group(0) @binding(3) var<storage, read_write> dw: array<vec4<f32>>; // [taps, matrix4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.taps * params.matrix4) { return; }
  let tap = item / params.matrix4;
  let element = item % params.matrix4;
  var sum = vec4(0f);
  for (var chunk = tap_table[tap].z; chunk < tap_table[tap + 1u].z; chunk++) {
    sum += partial[chunk * params.matrix4 + element];
  }
  dw[item] = sum;
}
