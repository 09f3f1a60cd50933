// Batch norm, training, pass one: mean and sum of squared deviations of a chunk of rows, per channel.
// Two walks over the chunk (mean first) keep float32 exact where |mean| >> deviation; the chunks are merged
// by norm/moments_merge. Twin: core/batchNorm.ts.

struct Params {
  rows: u32,
  c4: u32,
  chunk: u32, // rows per chunk
  chunks: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>; // [rows, c4]
@group(0) @binding(2) var<storage, read_write> partial: array<vec4<f32>>; // [chunks, 2, c4]: mean, M2

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let chunk = id.x / params.c4;
  let c = id.x % params.c4;
  if (chunk >= params.chunks) { return; }
  let first = chunk * params.chunk;
  let last = min(first + params.chunk, params.rows);
  var sum = vec4(0f);
  for (var r = first; r < last; r++) { sum += x[r * params.c4 + c]; }
  let mean = sum / f32(last - first);
  var m2 = vec4(0f);
  for (var r = first; r < last; r++) {
    let d = x[r * params.c4 + c] - mean;
    m2 += d * d;
  }
  let at = chunk * 2u * params.c4 + c;
  partial[at] = mean;
  partial[at + params.c4] = m2;
}
