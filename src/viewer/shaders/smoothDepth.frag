// One direction of an edge-keeping blur of the depth: evens out the domes of single points, never across a
// step of the surface. Run twice, along x from the depth buffer and along y from the result.
uniform sampler2D depth;
uniform vec2 nearFar;
uniform bool parallel; // projection without perspective
uniform vec2 along;   // one pixel, texture coordinates, one component is 0
uniform float reach;  // of the blur, pixels
uniform float edge;   // depth difference that counts as a step, 0..1 between the planes
varying vec2 vUv;

const int TAPS = 8;

float depthAt(vec2 uv) {
#ifdef FROM_DEPTH_BUFFER
  return linearDepth(texture2D(depth, uv).r, nearFar, parallel);
#else
  return unpackDepth(texture2D(depth, uv));
#endif
}

void main() {
  float here = depthAt(vUv);
  if (here > 0.9999) {
    gl_FragColor = packDepth(1.0);
    return;
  }
  float sum = here;
  float weights = 1.0;
  for (int i = 1; i <= TAPS; i++) {
    float step = float(i) / float(TAPS);
    float near = exp(-2.0 * step * step);
    // Whole pixels: between them the same pixel would be read twice, which shows as a grain.
    vec2 offset = max(float(i), floor(step * reach + 0.5)) * along;
    for (int side = -1; side <= 1; side += 2) {
      float there = depthAt(vUv + float(side) * offset);
      float difference = (there - here) / edge;
      float weight = near * exp(-difference * difference);
      sum += weight * there;
      weights += weight;
    }
  }
  gl_FragColor = packDepth(sum / weights);
}
