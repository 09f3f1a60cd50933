// Linear depth, 0 at the near and 1 at the far plane (in parallel it is so already), and its storage in four bytes: a float target cannot
// be drawn to everywhere.
float linearDepth(float stored, vec2 nearFar, bool parallel) {
  if (parallel) return stored;
  float clip = stored * 2.0 - 1.0;
  float distance = 2.0 * nearFar.x * nearFar.y / (nearFar.y + nearFar.x - clip * (nearFar.y - nearFar.x));
  return (distance - nearFar.x) / (nearFar.y - nearFar.x);
}

vec4 packDepth(float value) {
  vec4 parts = fract(min(value, 0.999999) * vec4(1.0, 255.0, 65025.0, 16581375.0));
  return parts - parts.yzww * vec4(1.0 / 255.0, 1.0 / 255.0, 1.0 / 255.0, 0.0);
}

float unpackDepth(vec4 parts) {
  return dot(parts, vec4(1.0, 1.0 / 255.0, 1.0 / 65025.0, 1.0 / 16581375.0));
}
