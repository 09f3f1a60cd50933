// Keys of the next level: the fine coordinates floored to multiples of the coarse stride (core/indexLaw.ts).
// Twin: core/pyramid.ts.
#import shared/coords

struct Params {
  capacity: u32,
  level: u32, // of the fine rows
  coarse_stride: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>; // rows per level
@group(0) @binding(2) var<storage, read> fine: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> coarse: array<vec2<u32>>; // one per fine row

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= min(params.capacity, counts[params.level])) { return; }
  // Two's complement: masking the low bits is the true floor for negatives too.
  let c = key_coords(fine[i]) & vec3(-i32(params.coarse_stride));
  coarse[i] = pack_key(key_batch(fine[i]), c);
}
