// Fast point feature histograms: to the histogram of each point those of its neighbours are added, the nearer the
// more. Weights add to 1, so that neither unit nor density of the cloud enters.
// Twin: core/fpfh `gather`.

const ANGLE_BINS = 11u;
const BINS = 33u;

struct Params {
  count: u32, // M points
  threads_x: u32,
  radius: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [3 M]
@group(0) @binding(2) var<storage, read> own: array<f32>; // [33 M]
@group(0) @binding(3) var<storage, read_write> features: array<f32>; // [33 M]

var<private> around: array<f32, BINS>;

fn point_at(i: u32) -> vec3<f32> {
  return vec3(points[3u * i], points[3u * i + 1u], points[3u * i + 2u]);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.count) { return; }
  for (var b = 0u; b < BINS; b++) { around[b] = 0f; }
  let p = point_at(i);
  var weights = 0f;
  for (var j = 0u; j < params.count; j++) {
    let step = point_at(j) - p;
    let square = dot(step, step);
    if (square >= params.radius * params.radius || square == 0f) { continue; }
    let weight = inverseSqrt(square);
    weights += weight;
    for (var b = 0u; b < BINS; b++) { around[b] += weight * own[BINS * j + b]; }
  }
  var scale = 0f;
  if (weights > 0f) { scale = 1f / weights; }
  for (var angle = 0u; angle < 3u; angle++) {
    var sum = 0f;
    for (var b = 0u; b < ANGLE_BINS; b++) {
      let at = angle * ANGLE_BINS + b;
      around[at] = own[BINS * i + at] + scale * around[at];
      sum += around[at];
    }
    for (var b = 0u; b < ANGLE_BINS; b++) {
      let at = angle * ANGLE_BINS + b;
      features[BINS * i + at] = select(0f, around[at] / sum, sum > 0f);
    }
  }
}
