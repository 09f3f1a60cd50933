// A kernel map to its list of pairs grouped by tap: a pair's slot follows from how many pairs come before it.
// Layout and twin: core/convPairs.ts.
#import shared/rank
#import shared/tap_slots

struct Params {
  rows: u32, // output rows
  items: u32, // taps * rows
  first_word: u32, // where this map's words begin
  first_tap: u32, // where this map's taps begin in `taps`
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> taps: array<TapSlots>; // of all maps
@group(0) @binding(2) var<storage, read> source: array<i32>; // [taps, rows]
@group(0) @binding(3) var<storage, read> words: array<RankWord>; // of map/source
@group(0) @binding(4) var<storage, read_write> pair_in: array<u32>;
@group(0) @binding(5) var<storage, read_write> pair_out: array<u32>;
@group(0) @binding(6) var<storage, read_write> slot_of: array<i32>; // [taps, rows]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.items) { return; }
  let word = words[params.first_word + item / 32u];
  if (!is_marked(item, word)) {
    slot_of[item] = -1;
    return;
  }
  let tap = item / params.rows;
  let slot = rank_of(item, word) + taps[params.first_tap + tap].shift;
  pair_in[slot] = u32(source[item]);
  pair_out[slot] = item - tap * params.rows;
  slot_of[item] = i32(slot);
}
