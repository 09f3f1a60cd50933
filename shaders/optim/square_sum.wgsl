// Squared norm of one gradient tensor and its number of NaN and infinite values: partial sums per thread,
// strided over the elements in an order that depends on the length alone; loss/sum_pairs adds those of all
// tensors up. Twin: core/adam.ts (gradientNorm).

struct Params {
  length: u32,
  threads: u32, // the stride
  first: u32, // place of this tensor's sums in `partial`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // [length]
@group(0) @binding(2) var<storage, read_write> partial: array<vec2f>; // squares, non-finite

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.threads) { return; }
  var sum = vec2f(0f);
  for (var i = id.x; i < params.length; i += params.threads) {
    let g = gradient[i];
    // Exponent bits all set; a comparison like g != g may be optimised away.
    let broken = (bitcast<u32>(g) & 0x7f800000u) == 0x7f800000u;
    sum += select(vec2f(g * g, 0f), vec2f(0f, 1f), broken);
  }
  partial[params.first + id.x] = sum;
}
