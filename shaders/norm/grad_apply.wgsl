// Batch norm, backward, pass three:
//   dx = gamma / sqrt(var + eps) * (du - mean(du) - xhat * mean(du * xhat)),   dResidual = du.
// Twin: core/batchNorm.ts.
#import shared/activation
#import shared/normalise

override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

struct Params {
  items: u32, // rows * c4
  c4: u32,
  threads_x: u32,
  rows: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> dy: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> moments: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> parameters: array<vec4<f32>>; // [2 or 3, c4]: gamma, beta, slope
@group(0) @binding(5) var<storage, read> sums: array<vec4<f32>>; // [2 or 3, c4]: dGamma, dBeta
@group(0) @binding(6) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(7) var<storage, read_write> dx: array<vec4<f32>>;
@group(0) @binding(8) var<storage, read_write> d_residual: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.items) { return; }
  let c = item % params.c4;
  let inv = inverse_deviation(moments[params.c4 + c], params.eps);
  let gamma = parameters[c];
  var r = vec4(0f);
  if (RESIDUAL) { r = residual[item]; }
  let n = normalise(x[item], moments[c], inv, gamma, parameters[params.c4 + c], r);
  var slope = vec4(0f);
  if (ACTIVATION == 2u) { slope = parameters[2u * params.c4 + c]; }
  let du = dy[item] * activation_slope(n.u, ACTIVATION, slope);
  let rows = f32(params.rows);
  dx[item] = gamma * inv * (du - sums[params.c4 + c] / rows - n.xhat * (sums[c] / rows));
  if (RESIDUAL) { d_residual[item] = du; }
}
