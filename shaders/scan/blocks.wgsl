// Exclusive sum, in place, by one workgroup that walks the values 1024 at a time; there is one value per 1024
// items, so the walk is short. No look-back between workgroups: WGSL promises no forward progress.
// Twin: core/rank.ts.

struct Params {
  first: u32,
  values: u32,
  total_at: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sums: array<u32>; // [first] to [first + values]
@group(0) @binding(2) var<storage, read_write> totals: array<u32>; // [total_at] is written

const LANES = 64u;
const EACH = 16u;

var<workgroup> lane_sums: array<u32, LANES>;

@compute @workgroup_size(LANES)
fn main(@builtin(local_invocation_index) lane: u32) {
  var carry = 0u;
  for (var base = 0u; base < params.values; base += LANES * EACH) {
    let first = params.first + base + lane * EACH;
    let end = min(first + EACH, params.first + params.values);
    var own = 0u;
    for (var i = first; i < end; i++) { own += sums[i]; }
    lane_sums[lane] = own;
    workgroupBarrier();
    // Hillis-Steele inclusive scan.
    for (var reach = 1u; reach < LANES; reach *= 2u) {
      var left = 0u;
      if (lane >= reach) { left = lane_sums[lane - reach]; }
      workgroupBarrier();
      lane_sums[lane] += left;
      workgroupBarrier();
    }
    var before = carry + lane_sums[lane] - own;
    for (var i = first; i < end; i++) {
      let value = sums[i];
      sums[i] = before;
      before += value;
    }
    carry += lane_sums[LANES - 1u];
    workgroupBarrier();
  }
  if (lane == 0u) { totals[params.total_at] = carry; }
}
