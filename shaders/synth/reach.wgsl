// The largest distance to the centre in each patch that moves, as the bits of its square: non-negative
// floats order like their bits, so an integer maximum is exact and needs no order. Twin: core/normAs.ts.

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
@group(0) @binding(2) var<storage, read> cut_of: array<u32>; // [batch points], 0 or cut + 1
@group(0) @binding(3) var<storage, read> centres: array<u32>; // [cuts]
@group(0) @binding(4) var<storage, read> moves: array<Move>; // [cuts]
@group(0) @binding(5) var<storage, read_write> reach: array<atomic<u32>>; // [cuts], zero before

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.points) { return; }
  if (cut_of[i] == 0u) { return; }
  let cut = cut_of[i] - 1u;
  if (moves[cut].height == 0f) { return; }
  let c = centres[cut];
  let d = vec3(
    points[3u * i] - points[3u * c],
    points[3u * i + 1u] - points[3u * c + 1u],
    points[3u * i + 2u] - points[3u * c + 2u],
  );
  atomicMax(&reach[cut], bitcast<u32>(dot(d, d)));
}
