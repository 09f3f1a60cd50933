// The product of conv/pair_gemm by way of workgroup memory: the usual GEMM of GPUs that have such a memory.
// The 64 threads of a workgroup copy 16 channels of the tile's 32 input rows and of the weights of its
// columns there, then every thread multiplies 8 rows x 4 COLUMNS columns out of it. Each global value is read
// once a workgroup, where pair_gemm relies on the cache.
//
// Writes the product buffer of conv/segment_sum only. Same sums in the same order as pair_gemm, so the same
// bits (shared/gemm_tile). Twin: core/sparseConv.ts (sparseConv). Law: core/indexLaw.ts.
#import shared/gemm_tile

override TRANSPOSE: bool = false; // use W[tap]^T (gradient with respect to the input)
override FLIP: bool = false; // use tap taps-1-k (symmetric maps, backward)

struct Params {
  slots: u32,
  in4: u32, // reduction channels / 4
  out4: u32, // all output channels / 4
  col_start: u32, // first output column of this dispatch / 4
  cols4: u32, // output columns of this dispatch / 4
  taps: u32,
  tiles_x: u32, // tiles along dispatch x; tile = z * tiles_x + x
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gather_row: array<u32>;
@group(0) @binding(2) var<storage, read> tile_tap: array<u32>;
@group(0) @binding(3) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> w: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

const NONE = 0xffffffffu;
const STAGE = 4u; // vec4 of input channels
const WIDTH = 16u; // threads along the columns

var<workgroup> rows: array<vec4<f32>, 128>; // [STAGE, 32 slots]
var<workgroup> weights: array<mat4x4<f32>, 128>; // [STAGE, COLUMNS <= 2, WIDTH]

fn weight_block(tap: u32, i: u32, local_column: u32) -> mat4x4<f32> {
  let column = params.col_start + min(local_column, params.cols4 - 1u);
  let matrix = tap * params.in4 * 4u * params.out4;
  if (TRANSPOSE) {
    let at = matrix + column * 4u * params.in4 + i;
    let step = params.in4;
    return transpose(mat4x4<f32>(w[at], w[at + step], w[at + 2u * step], w[at + 3u * step]));
  }
  let at = matrix + i * 4u * params.out4 + column;
  let step = params.out4;
  return mat4x4<f32>(w[at], w[at + step], w[at + 2u * step], w[at + 3u * step]);
}

fn store(slot: u32, column: u32, value: TileRow) {
  if (gather_row[slot] == NONE) { return; }
  let at = slot * params.cols4 + column;
  if (column < params.cols4) { y[at] = value.c0; }
  if (COLUMNS > 1u && column + WIDTH < params.cols4) { y[at + WIDTH] = value.c1; }
}

@compute @workgroup_size(16, 4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let tile = group.z * params.tiles_x + group.x;
  // The same for the whole workgroup, as the barriers below want it.
  if (tile * 32u >= params.slots) { return; }
  let first_column = group.y * WIDTH * COLUMNS;
  var tap = tile_tap[tile];
  if (FLIP) { tap = params.taps - 1u - tap; }

  let thread = local.y * WIDTH + local.x;
  // This thread copies two channel blocks of one row, and COLUMNS blocks of weights.
  let copied_row = gather_row[tile * 32u + thread % 32u];
  let copied_base = select(copied_row, 0u, copied_row == NONE) * params.in4;
  let copied_stage = thread / 32u;

  var a0: TileRow; var a1: TileRow; var a2: TileRow; var a3: TileRow;
  var a4: TileRow; var a5: TileRow; var a6: TileRow; var a7: TileRow;
  for (var start = 0u; start < params.in4; start += STAGE) {
    let last = params.in4 - 1u;
    rows[thread] = x[copied_base + min(start + copied_stage, last)];
    rows[thread + 64u] = x[copied_base + min(start + copied_stage + 2u, last)];
    let i = min(start + local.y, last);
    let to = local.y * COLUMNS * WIDTH + local.x;
    weights[to] = weight_block(tap, i, first_column + local.x);
    if (COLUMNS > 1u) { weights[to + WIDTH] = weight_block(tap, i, first_column + WIDTH + local.x); }
    workgroupBarrier();
    for (var s = 0u; s < min(STAGE, params.in4 - start); s++) {
      var m: TileWeights;
      m.c0 = weights[s * COLUMNS * WIDTH + local.x];
      if (COLUMNS > 1u) { m.c1 = weights[(s * COLUMNS + 1u) * WIDTH + local.x]; }
      let r = s * 32u + local.y * 8u;
      a0 = add_row(a0, rows[r], m); a1 = add_row(a1, rows[r + 1u], m);
      a2 = add_row(a2, rows[r + 2u], m); a3 = add_row(a3, rows[r + 3u], m);
      a4 = add_row(a4, rows[r + 4u], m); a5 = add_row(a5, rows[r + 5u], m);
      a6 = add_row(a6, rows[r + 6u], m); a7 = add_row(a7, rows[r + 7u], m);
    }
    workgroupBarrier();
  }

  let slot = tile * 32u + local.y * 8u;
  let column = first_column + local.x;
  store(slot, column, a0); store(slot + 1u, column, a1);
  store(slot + 2u, column, a2); store(slot + 3u, column, a3);
  store(slot + 4u, column, a4); store(slot + 5u, column, a5);
  store(slot + 6u, column, a6); store(slot + 7u, column, a7);
}
