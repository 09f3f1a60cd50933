// Voxel features: xyz of each voxel's representative (its lowest point), padded with 0 to a vec4.
// Twin: core/voxelFeatures.ts.

struct Params {
  voxels: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [3N]
@group(0) @binding(2) var<storage, read> representative: array<u32>; // [voxels]
@group(0) @binding(3) var<storage, read_write> features: array<vec4<f32>>; // [voxels]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let voxel = id.y * params.threads_x + id.x;
  if (voxel >= params.voxels) { return; }
  let at = 3u * representative[voxel];
  features[voxel] = vec4(points[at], points[at + 1u], points[at + 2u], 0f);
}
