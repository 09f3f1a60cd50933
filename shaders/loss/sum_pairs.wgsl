// Adds pairs in an order that depends on their number alone: the second stage of the loss (dist, dir) and of
// the gradient norm (squares, non-finite values). One workgroup.
// Twin: the sums of core/loss.ts (offsetLoss) and core/adam.ts (gradientNorm).

struct Params {
  count: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec2f>; // [count]
@group(0) @binding(2) var<storage, read_write> result: array<vec2f>; // [1]

const LANES = 64u;
var<workgroup> sums: array<vec2f, LANES>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  var sum = vec2f(0f);
  for (var i = lane; i < params.count; i += LANES) { sum += partial[i]; }
  sums[lane] = sum;
  workgroupBarrier();
  if (lane > 0u) { return; }
  for (var other = 1u; other < LANES; other++) { sum += sums[other]; }
  result[0] = sum;
}
