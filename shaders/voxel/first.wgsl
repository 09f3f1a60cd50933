// 1 for the first item of each cell, 0 for the others and for everything beyond the items.
// Twin: core/voxelise.ts.

struct Params {
  capacity: u32,
  level: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read> slot_of: array<u32>;
@group(0) @binding(4) var<storage, read_write> flags: array<u32>; // [capacity]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.capacity) { return; }
  var items = params.capacity;
  if (params.level > 0u) { items = min(items, counts[params.level - 1u]); }
  var flag = 0u;
  if (i < items) { flag = u32(table[slot_of[i]] == i + 1u); }
  flags[i] = flag;
}
