// Gives every item the row of its cell, rows counted in order of first occurrence, and each row its key and
// its first item. The last thread writes the number of rows. Twin: core/voxelise.ts.

struct Params {
  capacity: u32,
  level: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>; // rows per level; [level] is written
@group(0) @binding(2) var<storage, read> table: array<u32>; // item + 1
@group(0) @binding(3) var<storage, read> slot_of: array<u32>;
@group(0) @binding(4) var<storage, read> row_of_first: array<u32>; // exclusive sum of voxel/first
@group(0) @binding(5) var<storage, read> keys: array<vec2<u32>>; // per item
@group(0) @binding(6) var<storage, read_write> item_row: array<u32>; // row of each item
@group(0) @binding(7) var<storage, read_write> row_keys: array<vec2<u32>>;
@group(0) @binding(8) var<storage, read_write> representative: array<u32>; // first item of each row

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  var items = params.capacity;
  if (params.level > 0u) { items = min(items, counts[params.level - 1u]); }
  if (i >= items) { return; }
  let first = table[slot_of[i]] - 1u;
  let row = row_of_first[first];
  item_row[i] = row;
  if (first == i) {
    row_keys[row] = keys[i];
    representative[row] = i;
  }
  if (i == items - 1u) { counts[params.level] = row_of_first[i] + u32(first == i); }
}
