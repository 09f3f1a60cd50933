// Cuts one more patch from every cloud of the batch, one workgroup a cloud: the free point of the drawn
// rank is the centre, its m nearest free points are the patch, equal distances go to the lower row.
//
// Distances are integers (coordinates in steps of 2^-14 model units), so that every GPU and the CPU cut the
// same patches from the same points; float32 would leave that to each compiler's use of fused operations.
// The m-th smallest is found by radix selection, 8 bits a pass.
// Twin: core/patches `cutPatches` of core/patches `fixedPoint`.

struct Params {
  round: u32,
}

struct Cloud {
  start: u32, // first row in the batch
  points: u32,
  size: u32, // m
  cuts: u32, // patches to cut
  first_cut: u32, // its cuts are first_cut .. first_cut + cuts - 1 of the batch
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> clouds: array<Cloud>; // [clouds]
@group(0) @binding(2) var<storage, read> ranks: array<u32>; // [cuts]
@group(0) @binding(3) var<storage, read> points: array<f32>; // [3 batch points]
@group(0) @binding(4) var<storage, read_write> cut_of: array<u32>; // [batch points], FREE or cut + 1
@group(0) @binding(5) var<storage, read_write> centres: array<u32>; // [cuts] row in the batch

const THREADS = 256u;
const FREE = 0u;

var<workgroup> sums: array<u32, THREADS>;
var<workgroup> histogram: array<atomic<u32>, THREADS>;
var<workgroup> centre: u32;
var<workgroup> digit: u32;
var<workgroup> before: u32;

// Inclusive sum of `own` over the lanes up to this one.
fn scan(lane: u32, own: u32) -> u32 {
  sums[lane] = own;
  workgroupBarrier();
  for (var reach = 1u; reach < THREADS; reach *= 2u) {
    var left = 0u;
    if (lane >= reach) { left = sums[lane - reach]; }
    workgroupBarrier();
    sums[lane] += left;
    workgroupBarrier();
  }
  return sums[lane];
}

// Model units to steps of 2^-14: exact up to the rounding to the nearest step (ties to even). The clamp keeps
// squared distances below 2^32 and touches nothing that lies in the unit ball.
fn fixed_point(row: u32) -> vec3<i32> {
  let p = vec3(points[3u * row], points[3u * row + 1u], points[3u * row + 2u]);
  return vec3<i32>(round(clamp(p, vec3(-1.125f), vec3(1.125f)) * 16384f));
}

fn squared_distance(row: u32, c: vec3<i32>) -> u32 {
  let d = vec3<u32>(abs(fixed_point(row) - c));
  return d.x * d.x + d.y * d.y + d.z * d.z;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_index) lane: u32,
) {
  let cloud = clouds[group.x];
  if (params.round >= cloud.cuts) { return; }
  let cut = cloud.first_cut + params.round;
  // Each thread counts over a run of rows of its own, so that ranks and ties go by row.
  let run = (cloud.points + THREADS - 1u) / THREADS;
  let run_start = cloud.start + min(lane * run, cloud.points);
  let run_end = cloud.start + min((lane + 1u) * run, cloud.points);

  var free = 0u;
  for (var row = run_start; row < run_end; row++) { free += u32(cut_of[row] == FREE); }
  let free_through = scan(lane, free);
  let rank = ranks[cut];
  if (rank < free_through && rank >= free_through - free) {
    var skip = rank - (free_through - free);
    var row = run_start;
    while (cut_of[row] != FREE || skip > 0u) {
      skip -= u32(cut_of[row] == FREE);
      row++;
    }
    centre = row;
    centres[cut] = row;
  }
  workgroupBarrier();
  let c = fixed_point(centre);

  // The size-th smallest key: `prefix` holds its bits found so far, `wanted` its rank among the keys that
  // share them.
  var prefix = 0u;
  var mask = 0u;
  var wanted = cloud.size;
  for (var pass_ = 0u; pass_ < 4u; pass_++) {
    let shift = 24u - 8u * pass_;
    atomicStore(&histogram[lane], 0u);
    workgroupBarrier();
    for (var row = cloud.start + lane; row < cloud.start + cloud.points; row += THREADS) {
      if (cut_of[row] != FREE) { continue; }
      let key = squared_distance(row, c);
      if ((key & mask) == prefix) { atomicAdd(&histogram[(key >> shift) & 255u], 1u); }
    }
    workgroupBarrier();
    let own = atomicLoad(&histogram[lane]);
    let through = scan(lane, own);
    if (through >= wanted && through - own < wanted) {
      digit = lane;
      before = through - own;
    }
    workgroupBarrier();
    prefix |= digit << shift;
    mask |= 255u << shift;
    wanted -= before;
    workgroupBarrier();
  }

  var ties = 0u;
  for (var row = run_start; row < run_end; row++) {
    if (cut_of[row] == FREE) { ties += u32(squared_distance(row, c) == prefix); }
  }
  var tie = scan(lane, ties) - ties;
  for (var row = run_start; row < run_end; row++) {
    if (cut_of[row] != FREE) { continue; }
    let key = squared_distance(row, c);
    if (key > prefix) { continue; }
    if (key == prefix) {
      if (tie >= wanted) { continue; }
      tie++;
    }
    cut_of[row] = cut + 1u;
  }
}
