// Batch norm, training, pass three: y = act(gamma * (x - mean) / sqrt(var + eps) + beta + residual).
// Twin: core/batchNorm.ts.
#import shared/activation
#import shared/normalise

override RESIDUAL: bool = false;
override ACTIVATION: u32 = 0u;

struct Params {
  items: u32, // rows * c4
  c4: u32,
  threads_x: u32,
  eps: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> moments: array<vec4<f32>>; // [2, c4]
@group(0) @binding(3) var<storage, read> parameters: array<vec4<f32>>; // [2 or 3, c4]: gamma, beta, slope
@group(0) @binding(4) var<storage, read> residual: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read_write> y: array<vec4<f32>>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let item = id.y * params.threads_x + id.x;
  if (item >= params.items) { return; }
  let c = item % params.c4;
  let inv = inverse_deviation(moments[params.c4 + c], params.eps);
  var r = vec4(0f);
  if (RESIDUAL) { r = residual[item]; }
  let n = normalise(x[item], moments[c], inv, parameters[c], parameters[params.c4 + c], r);
  var s = vec4(0f);
  if (ACTIVATION == 2u) { s = parameters[2u * params.c4 + c]; }
  y[item] = activate(n.u, ACTIVATION, s);
}
