// Norm-AS: p' = p + direction * (1 - |p - c| / reach) * height in the patches that move; the target offset
// is p' - p, zero elsewhere. A patch whose points all coincide moves as a whole. The centre is a point of
// its patch, so the released code's renormalised weight is the same number. Twin: core/normAs `patchShift`.

struct Move {
  axis: vec3<f32>, // unit; for direction 2
  height: f32, // alpha * beta; 0: the patch stays
  direction: u32, // 0: along the normal, 1: along |n| component by component, 2: along the axis
}

struct Params {
  points: u32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [3 batch points]
@group(0) @binding(2) var<storage, read> normals: array<f32>; // [3 batch points]
@group(0) @binding(3) var<storage, read> cut_of: array<u32>; // [batch points], 0 or cut + 1
@group(0) @binding(4) var<storage, read> centres: array<u32>; // [cuts]
@group(0) @binding(5) var<storage, read> moves: array<Move>; // [cuts]
@group(0) @binding(6) var<storage, read> reach: array<f32>; // [cuts] squared
@group(0) @binding(7) var<storage, read_write> displaced: array<f32>; // [3 batch points]
@group(0) @binding(8) var<storage, read_write> target_offsets: array<f32>; // [3 batch points]

fn row_of_points(i: u32) -> vec3<f32> {
  return vec3(points[3u * i], points[3u * i + 1u], points[3u * i + 2u]);
}

fn direction_at(i: u32, how: Move) -> vec3<f32> {
  if (how.direction == 2u) { return how.axis; }
  let n = vec3(normals[3u * i], normals[3u * i + 1u], normals[3u * i + 2u]);
  return select(n, abs(n), how.direction == 1u);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.points) { return; }
  let p = row_of_points(i);
  var moved = p;
  let cut = max(cut_of[i], 1u) - 1u;
  if (cut_of[i] != 0u && moves[cut].height != 0f) {
    let farthest = sqrt(reach[cut]);
    var weight = 1f;
    if (farthest > 0f) { weight = 1f - length(p - row_of_points(centres[cut])) / farthest; }
    // Division may be off by a few units in the last place: the rim must not move the other way.
    moved = p + direction_at(i, moves[cut]) * (max(weight, 0f) * moves[cut].height);
  }
  for (var d = 0u; d < 3u; d++) {
    displaced[3u * i + d] = moved[d];
    target_offsets[3u * i + d] = moved[d] - p[d];
  }
}
