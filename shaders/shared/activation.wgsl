// Activations of the network: 0 none, 1 ReLU, 2 PReLU with one slope per channel.

fn activate(v: vec4<f32>, kind: u32, slope: vec4<f32>) -> vec4<f32> {
  if (kind == 1u) { return max(v, vec4(0f)); }
  if (kind == 2u) { return select(v * slope, v, v > vec4(0f)); }
  return v;
}

// Derivative at the pre-activation u, as PyTorch defines it at 0 (0 for ReLU, the slope for PReLU).
fn activation_slope(u: vec4<f32>, kind: u32, slope: vec4<f32>) -> vec4<f32> {
  if (kind == 1u) { return select(vec4(0f), vec4(1f), u > vec4(0f)); }
  if (kind == 2u) { return select(slope, vec4(1f), u > vec4(0f)); }
  return vec4(1f);
}
