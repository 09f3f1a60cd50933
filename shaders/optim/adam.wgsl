// One Adam update of one parameter tensor, in place. The element count is the bound size of `first` (tfjs
// buffers may be longer than their tensor), so all tensors of a step share one uniform block.
// Twin: core/adam.ts (adamUpdate).

struct Params {
  beta1: f32,
  rest1: f32, // 1 - beta1, rounded once from float64
  beta2: f32,
  rest2: f32,
  step_size: f32, // learning rate / (1 - beta1^t)
  root_correction2: f32, // 1 / sqrt(1 - beta2^t)
  eps: f32,
  grad_scale: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>; // [n]
@group(0) @binding(2) var<storage, read_write> parameter: array<f32>; // [n]
@group(0) @binding(3) var<storage, read_write> first: array<f32>; // [n] first moment
@group(0) @binding(4) var<storage, read_write> second: array<f32>; // [n] second moment

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.y * groups.x * 256u + id.x;
  if (i >= arrayLength(&first)) { return; }
  let g = gradient[i] * params.grad_scale;
  let m = params.beta1 * first[i] + params.rest1 * g;
  let v = params.beta2 * second[i] + params.rest2 * g * g;
  first[i] = m;
  second[i] = v;
  parameter[i] -= params.step_size * m / (sqrt(v) * params.root_correction2 + params.eps);
}
