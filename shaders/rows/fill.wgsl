// Drops each point into its voxel's span. Which place it gets depends on timing; rows/sort puts the span in
// order. Twin: core/pointRows.ts.

struct Params {
  points: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> point_to_voxel: array<u32>;
@group(0) @binding(2) var<storage, read_write> cursor: array<atomic<u32>>; // [voxels], starts before, ends after
@group(0) @binding(3) var<storage, read_write> order: array<u32>; // [points]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let point = id.y * params.threads_x + id.x;
  if (point >= params.points) { return; }
  order[atomicAdd(&cursor[point_to_voxel[point]], 1u)] = point;
}
