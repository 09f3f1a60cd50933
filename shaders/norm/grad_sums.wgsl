// Batch norm, backward, pass one. With du = dy * act'(u) it writes, per chunk of rows and channel,
// sum(du), sum(du * xhat) and (PReLU) sum(dy * u where u <= 0). Twin: core/batchNorm.ts.
//
// u, the pre-activation, is made again from x: saving it would double the memory of training.
#import shared/activation
#import shared/normalise

override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

struct Params {
  rows: u32,
  c4: u32,
  chunk: u32,
  chunks: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> moments: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> parameters: array<vec4<f32>>; // [2 or 3, c4]: gamma, beta, slope
@group(0) @binding(5) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(6) var<storage, read_write> partial: array<vec4<f32>>; // [chunks, 3, c4]

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let chunk = id.x / params.c4;
  let c = id.x % params.c4;
  if (chunk >= params.chunks) { return; }
  let first = chunk * params.chunk;
  let last = min(first + params.chunk, params.rows);
  let mean = moments[c];
  let inv = inverse_deviation(moments[params.c4 + c], params.eps);
  let gamma = parameters[c];
  let beta = parameters[params.c4 + c];
  var slope = vec4(0f);
  if (ACTIVATION == 2u) { slope = parameters[2u * params.c4 + c]; }
  var sum = vec4(0f);
  var sum_xhat = vec4(0f);
  var sum_slope = vec4(0f);
  for (var r = first; r < last; r++) {
    let at = r * params.c4 + c;
    var res = vec4(0f);
    if (RESIDUAL) { res = residual[at]; }
    let n = normalise(x[at], mean, inv, gamma, beta, res);
    let g = dy[at];
    let du = g * activation_slope(n.u, ACTIVATION, slope);
    sum += du;
    sum_xhat += du * n.xhat;
    if (ACTIVATION == 2u) { sum_slope += select(g * n.u, vec4(0f), n.u > vec4(0f)); }
  }
  let at = chunk * 3u * params.c4 + c;
  partial[at] = sum;
  partial[at + params.c4] = sum_xhat;
  partial[at + 2u * params.c4] = sum_slope;
}
