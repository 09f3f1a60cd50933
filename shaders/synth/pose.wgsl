// Lays a good cloud into the batch: an optional subset of its rows, rotated and scaled to the unit ball,
// p' = A p + t, n' = R n.
// Twin: core/augment `augment` (float64 there, so equal to float32 rounding).

struct Params {
  count: u32, // points laid
  start: u32, // first row of this cloud in the batch
  subset: u32, // 0: all rows in order, and `rows` is not read
  threads_x: u32,
  // Rows of A and t: (a, b, c, t). A = R / radius.
  row_x: vec4<f32>,
  row_y: vec4<f32>,
  row_z: vec4<f32>,
  radius: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> source_points: array<f32>; // [3 N]
@group(0) @binding(2) var<storage, read> source_normals: array<f32>; // [3 N]
@group(0) @binding(3) var<storage, read> rows: array<u32>; // [count]
@group(0) @binding(4) var<storage, read_write> points: array<f32>; // [3 batch points]
@group(0) @binding(5) var<storage, read_write> normals: array<f32>; // [3 batch points]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.count) { return; }
  var row = i;
  if (params.subset != 0u) { row = rows[i]; }
  let p = vec4(source_points[3u * row], source_points[3u * row + 1u], source_points[3u * row + 2u], 1f);
  let n = vec3(source_normals[3u * row], source_normals[3u * row + 1u], source_normals[3u * row + 2u]);
  let at = params.start + i;
  points[3u * at] = dot(params.row_x, p);
  points[3u * at + 1u] = dot(params.row_y, p);
  points[3u * at + 2u] = dot(params.row_z, p);
  normals[3u * at] = params.radius * dot(params.row_x.xyz, n);
  normals[3u * at + 1u] = params.radius * dot(params.row_y.xyz, n);
  normals[3u * at + 2u] = params.radius * dot(params.row_z.xyz, n);
}
