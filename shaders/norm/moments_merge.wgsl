// Batch norm, training, pass two: merges the chunks in order (Chan, Golub and LeVeque 1979) into mean and
// biased variance.
// Twin: core/batchNorm.ts.

struct Params {
  rows: u32,
  c4: u32,
  chunk: u32,
  chunks: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec4<f32>>; // [chunks, 2, c4]
@group(0) @binding(2) var<storage, read_write> moments: array<vec4<f32>>; // [2, c4]: mean, biased variance

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let c = id.x;
  if (c >= params.c4) { return; }
  var mean = vec4(0f);
  var m2 = vec4(0f);
  var count = 0f;
  for (var k = 0u; k < params.chunks; k++) {
    let n = f32(min(params.chunk, params.rows - k * params.chunk));
    let at = k * 2u * params.c4 + c;
    let delta = partial[at] - mean;
    let total = count + n;
    mean += delta * (n / total);
    m2 += partial[at + params.c4] + delta * delta * (count * n / total);
    count = total;
  }
  moments[c] = mean;
  moments[params.c4 + c] = m2 / count;
}
