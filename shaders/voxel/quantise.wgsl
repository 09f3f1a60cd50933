// Points to packed voxel coordinates, exactly floor(fl32(x / fl32(size))).
//
// WGSL division may be off by 2.5 ULP, which would move boundary points on some GPUs and shift every later
// voxel. So the kernel only guesses k, and corrects it against the exact float32 boundaries from the CPU:
// b[k] = smallest x in cell k. Twins: core/boundaryTable.ts, core/indexLaw.ts (quantise).
#import shared/coords

struct Params {
  points: u32,
  clouds: u32,
  k_min: i32, // cell of the first boundary
  boundaries: u32,
  inverse_size: f32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [3N] model units
@group(0) @binding(2) var<storage, read> cloud_starts: array<u32>; // [clouds + 1]
@group(0) @binding(3) var<storage, read> boundary: array<f32>; // [boundaries], ascending
@group(0) @binding(4) var<storage, read_write> keys: array<vec2<u32>>; // [N]
@group(0) @binding(5) var<storage, read_write> failures: array<atomic<u32>>; // [2]: out of range, table full

fn cell(x: f32) -> i32 {
  let last = i32(params.boundaries) - 1;
  // Also true for NaN.
  if (!(x >= boundary[0] && x < boundary[last])) {
    atomicAdd(&failures[0], 1u);
    return params.k_min;
  }
  var i = clamp(i32(floor(x * params.inverse_size)) - params.k_min, 0, last - 1);
  while (i > 0 && x < boundary[i]) { i--; }
  while (i < last - 1 && x >= boundary[i + 1]) { i++; }
  return params.k_min + i;
}

fn cloud_of(point: u32) -> u32 {
  var lo = 0u;
  var hi = params.clouds;
  while (hi - lo > 1u) {
    let mid = (lo + hi) / 2u;
    if (cloud_starts[mid] <= point) { lo = mid; } else { hi = mid; }
  }
  return lo;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * params.threads_x + id.x;
  if (i >= params.points) { return; }
  let c = vec3(cell(points[3u * i]), cell(points[3u * i + 1u]), cell(points[3u * i + 2u]));
  keys[i] = pack_key(cloud_of(i), c);
}
