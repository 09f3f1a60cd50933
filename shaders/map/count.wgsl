// Pairs per tap of a kernel map, before anything is allocated for it. Odd kernels only count the taps before
// the centre: the others mirror them. Integer atomics: the result does not depend on the order.
// Law: core/indexLaw.ts. Twin: core/pyramid.ts.
#import shared/neighbour

override EDGE: u32 = 3u;

struct Params {
  out_level: u32,
  stride: u32, // of the input
  mask: u32, // slots of the input's table - 1
  first_count: u32, // where this map's taps begin in `tap_pairs`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>; // rows per level
@group(0) @binding(2) var<storage, read> out_keys: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> in_keys: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> table: array<u32>; // row + 1
@group(0) @binding(5) var<storage, read_write> tap_pairs: array<atomic<u32>>;

// A thread looks at 32 rows for one tap and adds its sum once, so that atomics do not pile up.
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let rows = counts[params.out_level];
  let offset = kernel_offset(group.y, EDGE) * i32(params.stride);
  let first = group.x * 2048u + lane;
  var found = 0u;
  for (var row = first; row < min(first + 2048u, rows); row += 64u) {
    found += u32(neighbour_row(out_keys[row], offset, params.mask) >= 0);
  }
  if (found > 0u) { atomicAdd(&tap_pairs[params.first_count + group.y], found); }
}
