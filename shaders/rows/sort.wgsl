// Sorts the points of each voxel ascending, so that sums over them have one order. One thread per voxel;
// heap sort, because a coarse voxel may hold thousands of points. Twin: core/pointRows.ts.

struct Params {
  voxels: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> ends: array<u32>; // cursor after rows/fill
@group(0) @binding(3) var<storage, read_write> order: array<u32>;

fn sift_down(base: u32, start: u32, end: u32) {
  var root = start;
  let value = order[base + root];
  loop {
    var child = 2u * root + 1u;
    if (child >= end) { break; }
    if (child + 1u < end && order[base + child + 1u] > order[base + child]) { child++; }
    if (order[base + child] <= value) { break; }
    order[base + root] = order[base + child];
    root = child;
  }
  order[base + root] = value;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let voxel = id.y * params.threads_x + id.x;
  if (voxel >= params.voxels) { return; }
  let n = counts[voxel];
  let base = ends[voxel] - n;
  for (var i = n / 2u; i > 0u; i--) { sift_down(base, i - 1u, n); }
  for (var end = n; end > 1u; end--) {
    let top = order[base];
    order[base] = order[base + end - 1u];
    order[base + end - 1u] = top;
    sift_down(base, 0u, end - 1u);
  }
}
