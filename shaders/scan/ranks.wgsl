// What comes before each word of marks, from what comes before each 32 words. Twin: core/rank.ts.
#import shared/rank

struct Params {
  first_word: u32, // a multiple of WORDS_PER_SUM
  words: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> sums: array<u32>; // marks before each WORDS_PER_SUM words
@group(0) @binding(2) var<storage, read_write> words: array<RankWord>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let first = (id.y * params.threads_x + id.x) * WORDS_PER_SUM;
  if (first >= params.words) { return; }
  var before = sums[(params.first_word + first) / WORDS_PER_SUM];
  for (var w = first; w < min(first + WORDS_PER_SUM, params.words); w++) {
    words[params.first_word + w].before = before;
    before += countOneBits(words[params.first_word + w].bits);
  }
}
