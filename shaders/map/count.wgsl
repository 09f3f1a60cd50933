// Pairs per tap of a kernel map, before anything is allocated for it. Integer atomics: the result does not
// depend on the order. Law: core/indexLaw.ts. Twin: core/pyramid.ts.
#import shared/coords
#import shared/neighbour

override EDGE: u32 = 3u;

struct Params {
  capacity: u32, // output rows at most
  out_level: u32,
  stride: u32, // of the input
  mask: u32, // slots of the input's table - 1
  first_count: u32, // where this map's taps begin in `tap_pairs`
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> out_keys: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> in_keys: array<vec2<u32>>;
@group(0) @binding(4) var<storage, read> table: array<u32>; // row + 1
@group(0) @binding(5) var<storage, read_write> tap_pairs: array<atomic<u32>>;

fn exists(key: vec2<u32>) -> bool {
  var slot = hash_key(key) & params.mask;
  loop {
    let held = table[slot];
    if (held == 0u) { return false; }
    if (all(in_keys[held - 1u] == key)) { return true; }
    slot = (slot + 1u) & params.mask;
  }
}

// A thread walks 32 rows of one tap and adds its sum once, so that atomics do not pile up.
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let rows = min(params.capacity, counts[params.out_level]);
  let tap = id.y;
  let offset = kernel_offset(tap, EDGE) * i32(params.stride);
  let first = id.x * 32u;
  var found = 0u;
  for (var row = first; row < min(first + 32u, rows); row++) {
    let key = out_keys[row];
    found += u32(exists(pack_key(key_batch(key), key_coords(key) + offset)));
  }
  if (found > 0u) { atomicAdd(&tap_pairs[params.first_count + tap], found); }
}
