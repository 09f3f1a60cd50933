// Simplified point feature histograms: each thread looks at all points within the radius of its own and counts
// the three angles of every pair. All with all: clouds are thinned to a few thousand points first.
// Twin: core/fpfh `simplified`.

const ANGLE_BINS = 11u;
const BINS = 33u;
const PI = 3.14159265f;

struct Params {
  count: u32, // M points
  threads_x: u32,
  radius: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [3 M]
@group(0) @binding(2) var<storage, read> normals: array<f32>; // [3 M]
@group(0) @binding(3) var<storage, read_write> own: array<f32>; // [33 M]

var<private> histogram: array<f32, BINS>;

fn point_at(i: u32) -> vec3<f32> {
  return vec3(points[3u * i], points[3u * i + 1u], points[3u * i + 2u]);
}

fn normal_at(i: u32) -> vec3<f32> {
  return vec3(normals[3u * i], normals[3u * i + 1u], normals[3u * i + 2u]);
}

fn bin(value: f32) -> u32 {
  return u32(clamp(i32(floor(f32(ANGLE_BINS) * value)), 0, i32(ANGLE_BINS) - 1));
}

// The frame stands at the point whose normal is nearer to the line, so that a pair reads alike from both ends.
fn add_pair(own_normal: vec3<f32>, other_normal: vec3<f32>, along: vec3<f32>) {
  let at_own = dot(own_normal, along);
  let at_other = dot(other_normal, along);
  let turned = abs(at_own) < abs(at_other);
  let u = select(own_normal, other_normal, turned);
  let target_normal = select(other_normal, own_normal, turned);
  let line = select(along, -along, turned);
  let phi = select(at_own, -at_other, turned);
  let across = cross(line, u);
  let size = length(across);
  // The line lies along the normal: no frame.
  if (size < 1e-9f) { return; }
  let v = across / size;
  let w = cross(u, v);
  let alpha = dot(v, target_normal);
  let theta = atan2(dot(w, target_normal), dot(u, target_normal));
  histogram[bin((theta + PI) / (2f * PI))] += 1f;
  histogram[ANGLE_BINS + bin((alpha + 1f) / 2f)] += 1f;
  histogram[2u * ANGLE_BINS + bin((phi + 1f) / 2f)] += 1f;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.count) { return; }
  for (var b = 0u; b < BINS; b++) { histogram[b] = 0f; }
  let p = point_at(i);
  let n = normal_at(i);
  for (var j = 0u; j < params.count; j++) {
    let step = point_at(j) - p;
    let square = dot(step, step);
    // The point itself and whatever coincides with it have no direction to be seen in.
    if (square >= params.radius * params.radius || square == 0f) { continue; }
    add_pair(n, normal_at(j), step / sqrt(square));
  }
  for (var angle = 0u; angle < 3u; angle++) {
    var sum = 0f;
    for (var b = 0u; b < ANGLE_BINS; b++) { sum += histogram[angle * ANGLE_BINS + b]; }
    for (var b = 0u; b < ANGLE_BINS; b++) {
      own[BINS * i + angle * ANGLE_BINS + b] = histogram[angle * ANGLE_BINS + b] / max(sum, 1f);
    }
  }
}
