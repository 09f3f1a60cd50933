// Points to packed voxel coordinates, exactly floor(fl32(x / fl32(size))).
//
// WGSL division may be off by 2.5 ULP, which would move boundary points on some GPUs and shift every later
// voxel. So the kernel only guesses k, and corrects it against the exact float32 boundaries from the CPU:
// b[k] = smallest x in cell k. Floats are compared by their bits as integers, because WGSL may flush
// subnormals and may assume that there is no NaN. Twins: core/boundaryTable.ts, core/indexLaw.ts (quantise).
#import shared/coords

struct Params {
  points: u32,
  clouds: u32,
  k_min: i32, // cell of the first boundary
  cells: u32,
  inverse_size: f32,
  threads_x: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> points: array<u32>; // [3N] float32 bits, model units
@group(0) @binding(2) var<storage, read> cloud_starts: array<u32>; // [clouds + 1]
@group(0) @binding(3) var<storage, read> boundary: array<u32>; // [cells + 1] float32 bits, ascending
@group(0) @binding(4) var<storage, read_write> keys: array<vec2<u32>>; // [N]
// First point that is not finite, first point out of bounds; 0xffffffff where there is none.
@group(0) @binding(5) var<storage, read_write> failures: array<atomic<u32>>;

const EXPONENT = 0x7f800000u;
const SIGN = 0x80000000u;

// Integers in the order of the floats; -0 equals 0, NaN lies beyond the infinities.
fn ordered(bits: u32) -> i32 { return i32(select(bits, SIGN - bits, bits >= SIGN)); }

// Which boundary interval holds that float; `cells` where none does.
fn interval(bits: u32) -> u32 {
  let x = ordered(bits);
  if (x < ordered(boundary[0]) || x >= ordered(boundary[params.cells])) { return params.cells; }
  let guess = i32(floor(bitcast<f32>(bits) * params.inverse_size)) - params.k_min;
  var i = u32(clamp(guess, 0, i32(params.cells) - 1));
  while (x < ordered(boundary[i])) { i--; }
  while (x >= ordered(boundary[i + 1u])) { i++; }
  return i;
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
  let xyz = vec3(points[3u * i], points[3u * i + 1u], points[3u * i + 2u]);
  let at = vec3(interval(xyz.x), interval(xyz.y), interval(xyz.z));
  if (any(at == vec3(params.cells))) {
    let broken = any((xyz & vec3(EXPONENT)) == vec3(EXPONENT));
    atomicMin(&failures[select(1u, 0u, broken)], i);
  }
  keys[i] = pack_key(cloud_of(i), vec3<i32>(at) + vec3(params.k_min));
}
