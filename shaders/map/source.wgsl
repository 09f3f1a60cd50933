// The kernel map: source[k * rows + o] = input row that tap k reads for output row o, or -1.
// Law: core/indexLaw.ts. Twin: core/pyramid.ts.
#import shared/coords
#import shared/neighbour

override EDGE: u32 = 3u;

struct Params {
  rows: u32, // output rows
  stride: u32, // of the input
  mask: u32, // slots of the input's table - 1
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> out_keys: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> in_keys: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> table: array<u32>; // row + 1
@group(0) @binding(4) var<storage, read_write> source: array<i32>; // [EDGE^3, rows]

fn find(key: vec2<u32>) -> i32 {
  var slot = hash_key(key) & params.mask;
  loop {
    let held = table[slot];
    if (held == 0u) { return -1; }
    if (all(in_keys[held - 1u] == key)) { return i32(held) - 1; }
    slot = (slot + 1u) & params.mask;
  }
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.rows * EDGE * EDGE * EDGE) { return; }
  let key = out_keys[item % params.rows];
  let offset = kernel_offset(item / params.rows, EDGE) * i32(params.stride);
  source[item] = find(pack_key(key_batch(key), key_coords(key) + offset));
}
