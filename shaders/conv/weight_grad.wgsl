// Gradient of the sparse convolution with respect to its weights, first pass:
//
//   partial[chunk] = sum over the chunk's slots s of  x[a_row[s]]^T dy[b_row[s]]
//
// A chunk lies within one tap. A thread owns an 8 x 8 block of [in, out] in registers and walks the chunk;
// conv/weight_grad_sum adds the chunks of a tap in order. Twin: core/sparseConv.ts (sparseConvWeightGrad).

override DENSE: bool = false; // row = slot, one tap

struct Params {
  in4: u32,
  out4: u32,
  chunk: u32, // slots per chunk
  taps: u32,
  blocks: u32, // 8x8 blocks of one weight matrix
  chunks_y: u32, // chunks along dispatch y; chunk = z * chunks_y + y
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> a_row: array<u32>;
@group(0) @binding(2) var<storage, read> b_row: array<u32>;
// Per tap: first slot, pairs, first chunk, 0; one more entry at the end holds the number of chunks.
@group(0) @binding(3) var<storage, read> tap_table: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> partial: array<vec4<f32>>; // [chunks, in, out4]

fn tap_of(chunk: u32) -> u32 {
  var lo = 0u;
  var hi = params.taps;
  while (hi - lo > 1u) {
    let mid = (lo + hi) / 2u;
    let first_chunk = tap_table[mid].z;
    if (first_chunk <= chunk) { lo = mid; } else { hi = mid; }
  }
  return lo;
}

@compute @workgroup_size(32)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(workgroup_id) group: vec3<u32>) {
  let cell = id.x;
  let chunk = group.z * params.chunks_y + group.y;
  let chunks = tap_table[params.taps].z;
  if (chunk >= chunks) { return; }
  if (cell >= params.blocks) { return; }
  let blocks_out = (params.out4 + 1u) / 2u;
  let row = cell / blocks_out;
  let column = cell % blocks_out;
  let i = 2u * row;
  let j = 2u * column;
  let two_in = i + 1u < params.in4;
  let two_out = j + 1u < params.out4;

  let entry = tap_table[tap_of(chunk)];
  let first = entry.x + (chunk - entry.z) * params.chunk;
  let last = min(first + params.chunk, entry.x + entry.y);

  var p0 = vec4(0f); var p1 = vec4(0f); var p2 = vec4(0f); var p3 = vec4(0f);
  var p4 = vec4(0f); var p5 = vec4(0f); var p6 = vec4(0f); var p7 = vec4(0f);
  var q0 = vec4(0f); var q1 = vec4(0f); var q2 = vec4(0f); var q3 = vec4(0f);
  var q4 = vec4(0f); var q5 = vec4(0f); var q6 = vec4(0f); var q7 = vec4(0f);
  for (var s = first; s < last; s++) {
    var ra = s;
    var rb = s;
    if (!DENSE) {
      ra = a_row[s];
      rb = b_row[s];
    }
    let a = x[ra * params.in4 + i];
    let b = dy[rb * params.out4 + j];
    // The second halves of a block at the edge repeat the first and are not stored.
    let c = x[ra * params.in4 + select(i, i + 1u, two_in)];
    let d = dy[rb * params.out4 + select(j, j + 1u, two_out)];
    p0 += a.x * b; p1 += a.y * b; p2 += a.z * b; p3 += a.w * b;
    q0 += a.x * d; q1 += a.y * d; q2 += a.z * d; q3 += a.w * d;
    p4 += c.x * b; p5 += c.y * b; p6 += c.z * b; p7 += c.w * b;
    q4 += c.x * d; q5 += c.y * d; q6 += c.z * d; q7 += c.w * d;
  }
  let o = params.out4;
  let at = (chunk * params.in4 + i) * 4u * o + j;
  partial[at] = p0;
  partial[at + o] = p1;
  partial[at + 2u * o] = p2;
  partial[at + 3u * o] = p3;
  if (two_out) {
    partial[at + 1u] = q0;
    partial[at + o + 1u] = q1;
    partial[at + 2u * o + 1u] = q2;
    partial[at + 3u * o + 1u] = q3;
  }
  if (two_in) {
    partial[at + 4u * o] = p4;
    partial[at + 5u * o] = p5;
    partial[at + 6u * o] = p6;
    partial[at + 7u * o] = p7;
    if (two_out) {
      partial[at + 4u * o + 1u] = q4;
      partial[at + 5u * o + 1u] = q5;
      partial[at + 6u * o + 1u] = q6;
      partial[at + 7u * o + 1u] = q7;
    }
  }
}
