// Packed voxel coordinates: two u32, (batch << 16 | x) and (y << 16 | z), 16 signed bits per axis. Masking the
// low bits of an axis floors it to a multiple of a power of two, for negatives too.
// Law: core/indexLaw.ts. Twin: core/gridHash.ts.

fn pack_key(batch: u32, c: vec3<i32>) -> vec2<u32> {
  let u = vec3<u32>(c) & vec3(0xffffu);
  return vec2((batch << 16u) | u.x, (u.y << 16u) | u.z);
}

// Shifting left then arithmetically right extends the sign.
fn key_coords(key: vec2<u32>) -> vec3<i32> {
  return vec3(i32(key.x << 16u) >> 16u, i32(key.y) >> 16u, i32(key.y << 16u) >> 16u);
}

fn key_batch(key: vec2<u32>) -> u32 { return key.x >> 16u; }

// Murmur3 finaliser, core/random.ts.
fn mix_bits(value: u32) -> u32 {
  var h = value;
  h ^= h >> 16u;
  h *= 0x85ebca6bu;
  h ^= h >> 13u;
  h *= 0xc2b2ae35u;
  return h ^ (h >> 16u);
}

fn hash_key(key: vec2<u32>) -> u32 { return mix_bits(mix_bits(key.x) ^ key.y); }
