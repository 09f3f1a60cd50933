// Gives each cell its row, rows counted in order of first occurrence: its key, its first item, and its place
// in the table, which from now on holds rows. Twin: core/voxelise.ts.
#import shared/rank

struct Params {
  key_mask: vec2<u32>,
  items: u32, // at most
  first_word: u32, // where this level's words begin
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> words: array<RankWord>; // of voxel/first
@group(0) @binding(2) var<storage, read> slot_of: array<u32>;
@group(0) @binding(3) var<storage, read> keys: array<vec2<u32>>; // per item
@group(0) @binding(4) var<storage, read_write> table: array<u32>; // row + 1
@group(0) @binding(5) var<storage, read_write> row_keys: array<vec2<u32>>;
@group(0) @binding(6) var<storage, read_write> representative: array<u32>; // first item of each row

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.items) { return; }
  let word = words[params.first_word + i / 32u];
  if (!is_marked(i, word)) { return; }
  let row = rank_of(i, word);
  row_keys[row] = keys[i] & params.key_mask;
  representative[row] = i;
  table[slot_of[i]] = row + 1u;
}
