// Eye-dome lighting (Boucheny 2009): a pixel is darkened by how far its neighbours lie in front of it, on a
// logarithmic depth scale. It makes bare points read as a surface, without normals.
uniform sampler2D colour;
uniform sampler2D depth;
uniform vec2 texel;       // size of one pixel of the scan's picture, in texture coordinates
uniform vec2 nearFar;     // clipping planes, world units
uniform float radius;     // distance of the neighbours, pixels
uniform float strength;   // 0 = off
uniform vec3 backgroundTop;
uniform vec3 backgroundBottom;
varying vec2 vUv;

float logDepth(vec2 uv) {
  float clip = texture2D(depth, uv).r * 2.0 - 1.0;
  float viewDepth =
    2.0 * nearFar.x * nearFar.y / (nearFar.y + nearFar.x - clip * (nearFar.y - nearFar.x));
  return log2(viewDepth);
}

float obscurance(vec2 uv) {
  float here = logDepth(uv);
  float sum = 0.0;
  for (int i = 0; i < 8; i++) {
    float angle = float(i) * 0.78539816;
    vec2 neighbour = uv + vec2(cos(angle), sin(angle)) * radius * texel;
    sum += max(0.0, here - logDepth(neighbour));
  }
  return sum / 8.0;
}

void main() {
  vec3 background = mix(backgroundBottom, backgroundTop, vUv.y);
  vec4 scan = texture2D(colour, vUv);
  if (scan.a < 0.5) {
    gl_FragColor = vec4(background, 1.0);
    return;
  }
  float shade = strength > 0.0 ? exp(-strength * obscurance(vUv)) : 1.0;
  gl_FragColor = vec4(scan.rgb * shade, 1.0);
}
