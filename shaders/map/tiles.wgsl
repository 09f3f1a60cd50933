// The tap of each tile of 32 slots, and "no row" in the padding slots. Twin: core/convPairs.ts.
#import shared/tap_slots

struct Params {
  tiles: u32,
  first_tap: u32, // where this map's taps begin in `taps`
  tap_count: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> taps: array<TapSlots>; // of all maps
@group(0) @binding(2) var<storage, read_write> tile_tap: array<u32>; // [tiles]
@group(0) @binding(3) var<storage, read_write> pair_in: array<u32>; // [32 tiles]
@group(0) @binding(4) var<storage, read_write> pair_out: array<u32>; // [32 tiles]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let tile = id.y * params.threads_x + id.x;
  if (tile >= params.tiles) { return; }
  // Last tap that starts at or before the tile; empty taps share their start with the next one.
  var lo = 0u;
  var hi = params.tap_count;
  while (hi - lo > 1u) {
    let mid = (lo + hi) / 2u;
    if (taps[params.first_tap + mid].start <= tile * 32u) { lo = mid; } else { hi = mid; }
  }
  tile_tap[tile] = lo;
  let tap = taps[params.first_tap + lo];
  for (var slot = max(tile * 32u, tap.start + tap.pairs); slot < tile * 32u + 32u; slot++) {
    pair_in[slot] = 0xffffffffu;
    pair_out[slot] = 0xffffffffu;
  }
}
