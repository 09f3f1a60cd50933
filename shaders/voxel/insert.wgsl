// Inserts items into an open-addressing table. A slot holds item index + 1 (0 = empty); keys are compared
// through it and never change, so a slot can only move to a lower item of the same key: it ends at the
// lowest, whatever the threads' order. Items are points, or rows of the finer level whose coordinates the
// mask floors to the coarser stride. Twins: core/gridHash.ts, core/pyramid.ts.
#import shared/coords

struct Params {
  key_mask: vec2<u32>,
  items: u32, // at most; `counts[level - 1]` where the items are rows of the finer level
  level: u32, // 0: items are points
  mask: u32, // slots - 1
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> keys: array<vec2<u32>>;
@group(0) @binding(3) var<storage, read_write> table: array<atomic<u32>>;
@group(0) @binding(4) var<storage, read_write> slot_of: array<u32>; // slot of each item
@group(0) @binding(5) var<storage, read_write> failures: array<atomic<u32>>; // [2] counts items without a slot

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  var items = params.items;
  if (params.level > 0u) { items = min(items, counts[params.level - 1u]); }
  if (i >= items) { return; }
  let key = keys[i] & params.key_mask;
  var slot = hash_key(key) & params.mask;
  var probes = 0u;
  loop {
    let held = atomicLoad(&table[slot]);
    if (held == 0u) {
      let claim = atomicCompareExchangeWeak(&table[slot], 0u, i + 1u);
      if (claim.exchanged) { break; }
      // Somebody was faster, or the exchange failed for no reason: look at the slot again.
      continue;
    }
    if (all((keys[held - 1u] & params.key_mask) == key)) {
      atomicMin(&table[slot], i + 1u);
      break;
    }
    slot = (slot + 1u) & params.mask;
    probes++;
    if (probes > params.mask) {
      atomicAdd(&failures[2], 1u);
      break;
    }
  }
  slot_of[i] = slot;
}
