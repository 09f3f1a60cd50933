// Offset loss of one micro-batch: gradient per point and, per thread, the sums of both terms. The presets
// and ablations differ only in the weights. A number of threads that depends on N alone strides over the
// points, so the order of every addition does too; loss/sum_pairs adds the partial sums. No workgroup
// memory: its barriers cost a software adapter more than everything else here.
// Twin: core/loss.ts (offsetLoss), where the formula stands.

// Floats per row of pred and gradient; 4 when the network pads its three outputs.
override ROW: u32 = 3u;

struct Params {
  points: u32,
  threads: u32, // the stride
  distance_moved: f32,
  distance_unmoved: f32,
  direction: f32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> pred: array<f32>; // [ROW * N]
@group(0) @binding(2) var<storage, read> target_offset: array<f32>; // [3N]
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>; // [ROW * N]
@group(0) @binding(4) var<storage, read_write> partial: array<vec2f>; // [threads]: dist, dir

/// Writes the gradient of one point and returns its two loss terms.
fn one_point(i: u32) -> vec2f {
  let row = ROW * i;
  let o = vec3f(pred[row], pred[row + 1u], pred[row + 2u]);
  let g = vec3f(target_offset[3u * i], target_offset[3u * i + 1u], target_offset[3u * i + 2u]);
  let weight = select(params.distance_unmoved, params.distance_moved, any(g != vec3f(0f)));
  let difference = o - g;

  let norm = sqrt(dot(o, o));
  let padded = norm + params.eps;
  let unit_target = g / (sqrt(dot(g, g)) + params.eps);
  let along = dot(unit_target, o);
  var back = 0f;
  if (norm > 0f) { back = along / (norm * padded * padded); }

  let slope = weight * sign(difference) - params.direction * (unit_target / padded - back * o);
  gradient[row] = slope.x;
  gradient[row + 1u] = slope.y;
  gradient[row + 2u] = slope.z;
  for (var pad = 3u; pad < ROW; pad++) { gradient[row + pad] = 0f; }
  return vec2f(weight * dot(abs(difference), vec3f(1f)), -params.direction * along / padded);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.threads) { return; }
  var sum = vec2f(0f);
  for (var i = id.x; i < params.points; i += params.threads) { sum += one_point(i); }
  partial[id.x] = sum;
}
