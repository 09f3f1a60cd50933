// Exclusive sum, downward pass: each chunk of 32 continues from the sum of the chunks before it.
// Twin: core/exclusiveSum.ts.

override NONNEGATIVE: bool = false;

struct Params {
  count: u32,
  chunks: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read> before: array<u32>; // [chunks] exclusive sum of the chunks' sums
@group(0) @binding(3) var<storage, read_write> prefix: array<u32>; // [count]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let chunk = id.y * params.threads_x + id.x;
  if (chunk >= params.chunks) { return; }
  var sum = before[chunk];
  for (var i = chunk * 32u; i < min(chunk * 32u + 32u, params.count); i++) {
    prefix[i] = sum;
    if (NONNEGATIVE) { sum += u32(bitcast<i32>(values[i]) >= 0); } else { sum += values[i]; }
  }
}
