// Marks the first item of each cell; nothing beyond the items is marked. Twin: core/voxelise.ts.
#import shared/rank

struct Params {
  items: u32, // at most; `counts[level - 1]` where the items are rows of the finer level
  level: u32,
  first_word: u32, // where this level's words begin, a multiple of WORDS_PER_SUM
  words: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> table: array<u32>; // item + 1
@group(0) @binding(3) var<storage, read> slot_of: array<u32>;
@group(0) @binding(4) var<storage, read_write> words: array<RankWord>; // of all levels
@group(0) @binding(5) var<storage, read_write> sums: array<atomic<u32>>; // marks of WORDS_PER_SUM words

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let word = id.y * params.threads_x + id.x;
  if (word >= params.words) { return; }
  var items = params.items;
  if (params.level > 0u) { items = min(items, counts[params.level - 1u]); }
  var bits = 0u;
  for (var i = word * 32u; i < min(word * 32u + 32u, items); i++) {
    bits |= u32(table[slot_of[i]] == i + 1u) << (i % 32u);
  }
  let at = params.first_word + word;
  words[at].bits = bits;
  if (bits != 0u) { atomicAdd(&sums[at / WORDS_PER_SUM], countOneBits(bits)); }
}
