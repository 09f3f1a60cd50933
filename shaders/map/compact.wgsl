// A kernel map to its list of pairs grouped by tap. The slot of a pair is its place among all pairs plus the
// padding before its tap. Layout and twin: core/convPairs.ts.

struct Params {
  rows: u32,
  items: u32, // taps * rows
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
// Per tap: padding slots before it.
@group(0) @binding(1) var<storage, read> padding: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<i32>; // [taps, rows]
@group(0) @binding(3) var<storage, read> place: array<u32>; // exclusive sum of source >= 0
@group(0) @binding(4) var<storage, read_write> pair_in: array<u32>;
@group(0) @binding(5) var<storage, read_write> pair_out: array<u32>;
@group(0) @binding(6) var<storage, read_write> slot_of: array<i32>; // [taps, rows]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.items) { return; }
  let from_row = source[item];
  if (from_row < 0) {
    slot_of[item] = -1;
    return;
  }
  let slot = place[item] + padding[item / params.rows];
  pair_in[slot] = u32(from_row);
  pair_out[slot] = item % params.rows;
  slot_of[item] = i32(slot);
}
