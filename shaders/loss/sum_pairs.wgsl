// Adds up to 256 pairs in a fixed order: the second stage of the loss (dist, dir) and of the gradient norm
// (squares, non-finite values). Adds to the result instead of replacing it for every micro-batch but the
// first. One workgroup. Twin: the sums of core/loss.ts (offsetLoss) and core/adam.ts (gradientNorm).

struct Params {
  count: u32, // pairs, at most 256
  accumulate: u32, // 1: add to `result`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec2f>; // [count]
@group(0) @binding(2) var<storage, read_write> result: array<vec2f>; // [1]

var<workgroup> sums: array<vec2f, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  sums[lane] = vec2f(0f);
  if (lane < params.count) { sums[lane] = partial[lane]; }
  for (var half = 128u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { sums[lane] += sums[lane + half]; }
  }
  if (lane == 0u) {
    var total = sums[0];
    if (params.accumulate == 1u) { total += result[0]; }
    result[0] = total;
  }
}
