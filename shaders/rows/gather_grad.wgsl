// dx[voxel] = sum of dy over the voxel's points, in the order of the points. Twin: core/pointRows.ts.

struct Params {
  items: u32, // voxels * c4
  c4: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> counts: array<u32>; // [voxels]
@group(0) @binding(2) var<storage, read> ends: array<u32>; // [voxels]
@group(0) @binding(3) var<storage, read> order: array<u32>; // [points], by voxel, ascending
@group(0) @binding(4) var<storage, read> dy: array<vec4<f32>>; // [points, c4]
@group(0) @binding(5) var<storage, read_write> dx: array<vec4<f32>>; // [voxels, c4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.items) { return; }
  let voxel = item / params.c4;
  let c = item % params.c4;
  var sum = vec4(0f);
  for (var i = ends[voxel] - counts[voxel]; i < ends[voxel]; i++) {
    sum += dy[order[i] * params.c4 + c];
  }
  dx[item] = sum;
}
