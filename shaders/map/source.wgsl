// The kernel map: source[k * rows + o] = input row that tap k reads for output row o, or -1; and which of
// these are pairs, for map/compact. A thread fills 32 entries. Law: core/indexLaw.ts. Twin: core/pyramid.ts.
#import shared/neighbour
#import shared/rank

override EDGE: u32 = 3u;

struct Params {
  rows: u32, // output rows
  stride: u32, // of the input
  mask: u32, // slots of the input's table - 1
  first_word: u32, // where this map's words begin, a multiple of WORDS_PER_SUM
  words: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> out_keys: array<vec2<u32>>;
@group(0) @binding(2) var<storage, read> in_keys: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read> table: array<u32>; // row + 1
@group(0) @binding(4) var<storage, read_write> source: array<i32>; // [EDGE^3, rows]
@group(0) @binding(5) var<storage, read_write> words: array<RankWord>; // of all maps
@group(0) @binding(6) var<storage, read_write> sums: array<atomic<u32>>; // pairs of WORDS_PER_SUM words

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let word = id.y * params.threads_x + id.x;
  if (word >= params.words) { return; }
  let items = params.rows * EDGE * EDGE * EDGE;
  // Divisions are slow: once per thread, not once per entry.
  var tap = word * 32u / params.rows;
  var row = word * 32u % params.rows;
  var offset = kernel_offset(tap, EDGE) * i32(params.stride);
  var bits = 0u;
  for (var item = word * 32u; item < min(word * 32u + 32u, items); item++) {
    let from_row = neighbour_row(out_keys[row], offset, params.mask);
    source[item] = from_row;
    bits |= u32(from_row >= 0) << (item % 32u);
    row++;
    if (row == params.rows) {
      row = 0u;
      tap++;
      offset = kernel_offset(tap, EDGE) * i32(params.stride);
    }
  }
  let at = params.first_word + word;
  words[at].bits = bits;
  if (bits != 0u) { atomicAdd(&sums[at / WORDS_PER_SUM], countOneBits(bits)); }
}
