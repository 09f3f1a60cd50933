// Exclusive sum, upward pass: the sum of each chunk of 32 values. No barriers and no look-back: WGSL promises
// no forward progress between workgroups, and software adapters pay dearly for barriers.
// Twin: core/exclusiveSum.ts.

override NONNEGATIVE: bool = false; // count values >= 0 (as i32) instead of adding them

struct Params {
  count: u32,
  chunks: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> values: array<u32>;
@group(0) @binding(2) var<storage, read_write> sums: array<u32>; // [chunks]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let chunk = id.y * params.threads_x + id.x;
  if (chunk >= params.chunks) { return; }
  var sum = 0u;
  for (var i = chunk * 32u; i < min(chunk * 32u + 32u, params.count); i++) {
    if (NONNEGATIVE) { sum += u32(bitcast<i32>(values[i]) >= 0); } else { sum += values[i]; }
  }
  sums[chunk] = sum;
}
