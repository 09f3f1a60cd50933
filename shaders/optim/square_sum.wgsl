// Squared norm of one gradient tensor and its number of NaN and infinite values: partial sums per workgroup,
// strided over the elements in an order that depends on the length alone; loss/sum_pairs adds them up.
// Twin: core/adam.ts (gradientNorm).

struct Params {
  length: u32,
  threads: u32, // of the whole dispatch: the stride
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // [length]
@group(0) @binding(2) var<storage, read_write> partial: array<vec2f>; // [workgroups]: squares, non-finite

var<workgroup> sums: array<vec2f, 256>;

@compute @workgroup_size(256)
fn main(
  @builtin(global_invocation_id) id: vec3u,
  @builtin(local_invocation_index) lane: u32,
  @builtin(workgroup_id) group: vec3u,
) {
  var sum = vec2f(0f);
  for (var i = id.x; i < params.length; i += params.threads) {
    let g = gradient[i];
    // Exponent bits all set; a comparison like g != g may be optimised away.
    let broken = (bitcast<u32>(g) & 0x7f800000u) == 0x7f800000u;
    sum += select(vec2f(g * g, 0f), vec2f(0f, 1f), broken);
  }
  sums[lane] = sum;
  for (var half = 128u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0u) { partial[group.x] = sums[0]; }
}
