// Batch norm, backward, pass two: adds the chunks in order into dGamma, dBeta and (PReLU) dSlope.
// Twin: core/batchNorm.ts.

override ACTIVATION: u32 = 0u;

struct Params {
  c4: u32,
  chunks: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> partial: array<vec4<f32>>; // [chunks, 3, c4]: du, du * xhat, slope
@group(0) @binding(2) var<storage, read_write> d_parameters: array<vec4<f32>>; // [2 or 3, c4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let c = id.x;
  if (c >= params.c4) { return; }
  var beta = vec4(0f);
  var gamma = vec4(0f);
  var slope = vec4(0f);
  for (var k = 0u; k < params.chunks; k++) {
    let at = k * 3u * params.c4 + c;
    beta += partial[at];
    gamma += partial[at + params.c4];
    slope += partial[at + 2u * params.c4];
  }
  d_parameters[c] = gamma;
  d_parameters[params.c4 + c] = beta;
  if (ACTIVATION == 2u) { d_parameters[2u * params.c4 + c] = slope; }
}
