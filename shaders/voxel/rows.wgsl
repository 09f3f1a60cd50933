// The row of each point, from its slot, once the table holds rows. Twin: core/voxelise.ts.

struct Params {
  points: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> table: array<u32>; // row + 1
@group(0) @binding(2) var<storage, read_write> point_to_voxel: array<u32>; // slots before, rows after

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i < params.points) { point_to_voxel[i] = table[point_to_voxel[i]] - 1u; }
}
