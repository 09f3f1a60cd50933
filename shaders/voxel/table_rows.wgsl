// Turns the table from items to rows, for looking up neighbours: slot holds row + 1. A pass of its own,
// because voxel/assign still reads the items. Twin: core/gridHash.ts.

struct Params {
  capacity: u32,
  level: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> representative: array<u32>; // [rows]
@group(0) @binding(3) var<storage, read> slot_of: array<u32>; // per item
@group(0) @binding(4) var<storage, read_write> table: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * params.threads_x + id.x;
  if (row >= min(params.capacity, counts[params.level])) { return; }
  table[slot_of[representative[row]]] = row + 1u;
}
