// The index law's look-up (core/indexLaw.ts). A kernel that imports this declares the input level as
// `in_keys: array<vec2<u32>>` (packed coordinates of the rows) and `table: array<u32>` (row + 1, 0 = empty).
#import shared/coords

// Offset of kernel tap k, x fastest, in units of the input stride.
fn kernel_offset(k: u32, edge: u32) -> vec3<i32> {
  let centre = i32(select(0u, (edge - 1u) / 2u, edge % 2u == 1u));
  return vec3(i32(k % edge), i32((k / edge) % edge), i32(k / (edge * edge))) - vec3(centre);
}

// Input row at `home` + offset, or -1. @param mask slots of the table - 1; it always has empty slots.
fn neighbour_row(home: vec2<u32>, offset: vec3<i32>, mask: u32) -> i32 {
  let c = key_coords(home) + offset;
  // Beyond 16 bits nothing lives, but its packed form would be that of a cell at the other end.
  if (any(((c << vec3(16u)) >> vec3(16u)) != c)) { return -1; }
  let key = pack_key(key_batch(home), c);
  var slot = hash_key(key) & mask;
  loop {
    let held = table[slot];
    if (held == 0u) { return -1; }
    if (all(in_keys[held - 1u] == key)) { return i32(held) - 1; }
    slot = (slot + 1u) & mask;
  }
}
