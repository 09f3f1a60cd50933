// Exclusive sum of the points per voxel: where each voxel's span starts. One workgroup walks the voxels in
// blocks of 256; training batches have some ten thousand voxels, so this is never the slow part.
// Twin: core/pointRows.ts.

struct Params {
  voxels: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>; // [voxels]
@group(0) @binding(2) var<storage, read_write> starts: array<u32>; // [voxels]

var<workgroup> sums: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) lane: u32) {
  var carry = 0u;
  for (var base = 0u; base < params.voxels; base += 256u) {
    let at = base + lane;
    var own = 0u;
    if (at < params.voxels) { own = counts[at]; }
    sums[lane] = own;
    workgroupBarrier();
    // Hillis-Steele inclusive scan.
    for (var reach = 1u; reach < 256u; reach *= 2u) {
      var left = 0u;
      if (lane >= reach) { left = sums[lane - reach]; }
      workgroupBarrier();
      sums[lane] += left;
      workgroupBarrier();
    }
    if (at < params.voxels) { starts[at] = carry + sums[lane] - own; }
    carry += sums[255];
    workgroupBarrier();
  }
}
