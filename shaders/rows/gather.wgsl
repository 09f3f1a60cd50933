// y[point] = x[point_to_voxel[point]]. Twin: core/pointRows.ts.

struct Params {
  items: u32, // points * c4
  c4: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> point_to_voxel: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4<f32>>; // [voxels, c4]
@group(0) @binding(3) var<storage, read_write> y: array<vec4<f32>>; // [points, c4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.items) { return; }
  y[item] = x[point_to_voxel[item / params.c4] * params.c4 + item % params.c4];
}
