// The tap of each tile of 32 slots, and "no row" in the padding slots. Twin: core/convPairs.ts.

struct Params {
  slots: u32,
  taps: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> tap_start: array<u32>; // [taps] first slot
@group(0) @binding(2) var<storage, read> tap_pairs: array<u32>; // [taps]
@group(0) @binding(3) var<storage, read_write> tile_tap: array<u32>; // [slots / 32]
@group(0) @binding(4) var<storage, read_write> pair_in: array<u32>;
@group(0) @binding(5) var<storage, read_write> pair_out: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let slot = id.y * params.threads_x + id.x;
  if (slot >= params.slots) { return; }
  // Last tap that starts at or before the slot; empty taps share their start with the next one.
  var lo = 0u;
  var hi = params.taps;
  while (hi - lo > 1u) {
    let mid = (lo + hi) / 2u;
    if (tap_start[mid] <= slot) { lo = mid; } else { hi = mid; }
  }
  if (slot % 32u == 0u) { tile_tap[slot / 32u] = lo; }
  if (slot >= tap_start[lo] + tap_pairs[lo]) {
    pair_in[slot] = 0xffffffffu;
    pair_out[slot] = 0xffffffffu;
  }
}
