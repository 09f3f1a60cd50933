// Batch norm up to the activation, once for the forward pass and both backward passes: the gradient of a ReLU
// at its kink is right only if all of them find the same bits.
//
//   u = gamma * xhat + beta + residual,    xhat = (x - mean) / sqrt(variance + eps)

struct Normalised {
  xhat: vec4<f32>,
  // The pre-activation.
  u: vec4<f32>,
}

fn inverse_deviation(variance: vec4<f32>, eps: f32) -> vec4<f32> { return 1f / sqrt(variance + eps); }

// inverse is inverse_deviation of the variance; residual is zero where there is none.
fn normalise(
  x: vec4<f32>,
  mean: vec4<f32>,
  inverse: vec4<f32>,
  gamma: vec4<f32>,
  beta: vec4<f32>,
  residual: vec4<f32>,
) -> Normalised {
  let xhat = (x - mean) * inverse;
  return Normalised(xhat, gamma * xhat + beta + residual);
}
