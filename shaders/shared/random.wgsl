// Counter-based random numbers, exact twin of src/core/random.ts: a value depends on (key, counter) alone.

// Murmur3 finaliser, a bijection of u32.
fn fmix32(value: u32) -> u32 {
  var h = value;
  h ^= h >> 16u;
  h *= 0x85ebca6bu;
  h ^= h >> 13u;
  h *= 0xc2b2ae35u;
  h ^= h >> 16u;
  return h;
}

// Key of an independent stream.
fn derive_key(key: u32, stream: u32) -> u32 {
  return fmix32(fmix32(key) + stream * 0x9e3779b9u);
}

fn random_u32(key: u32, counter: u32) -> u32 {
  return fmix32(fmix32(counter * 0x9e3779b9u + key) ^ key);
}

// Uniform in [0, 1): the upper 24 bits, which float32 holds exactly. RandomStream.uniform has 32.
fn random_uniform(key: u32, counter: u32) -> f32 {
  return f32(random_u32(key, counter) >> 8u) / 16777216f;
}
