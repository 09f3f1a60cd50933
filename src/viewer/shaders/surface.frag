// Lays the scan over the background and makes bare points read as a surface: a lamp on normals taken from
// the smoothed depth, and eye-dome lighting (Boucheny 2009), which darkens a pixel by how far its
// neighbours lie in front of it on a logarithmic scale. Neither needs normals in the file.
uniform sampler2D colour;
uniform sampler2D depth;       // smoothed, packed
uniform vec2 texel;            // size of one pixel, texture coordinates
uniform vec2 nearFar;          // clipping planes, world units
uniform bool parallel;         // projection without perspective
uniform vec2 seen;             // half of what is seen, across and up: of the distance, in parallel in world units
uniform float pivot;           // distance of the pivot, world units
uniform vec2 middle;           // where the camera's axis meets the picture, -1..1
uniform float radius;          // distance of the neighbours, pixels
uniform float edge;            // depth difference that counts as a step, 0..1 between the planes
uniform bool shading;
uniform vec3 backgroundTop;
uniform vec3 backgroundBottom;
varying vec2 vUv;

// Towards the lamp, in view space: above the viewer's left shoulder.
const vec3 LAMP = vec3(-0.485, 0.606, 0.631);
const float EYE_DOME = 34.0;

float distanceAt(vec2 uv) {
  return mix(nearFar.x, nearFar.y, unpackDepth(texture2D(depth, uv)));
}

vec3 viewPosition(vec2 uv) {
  float z = distanceAt(uv);
  return vec3((uv * 2.0 - 1.0 - middle) * seen * (parallel ? 1.0 : z), -z);
}

// The mean of the two one-sided differences, or at a step of the surface the flatter one.
vec3 slope(vec2 uv, vec3 here, vec2 along) {
  vec3 forward = viewPosition(uv + along) - here;
  vec3 backward = here - viewPosition(uv - along);
  if (abs(forward.z - backward.z) < 0.5 * edge * (nearFar.y - nearFar.x)) return forward + backward;
  return abs(forward.z) < abs(backward.z) ? forward : backward;
}

float lamp(vec2 uv) {
  vec3 here = viewPosition(uv);
  vec3 across = slope(uv, here, vec2(texel.x, 0.0));
  vec3 up = slope(uv, here, vec2(0.0, texel.y));
  vec3 normal = normalize(cross(across, up));
  // One lamp at the viewer, so that no side is black, one from above, so that sides differ.
  return 0.40 + 0.36 * max(normal.z, 0.0) + 0.30 * (0.5 + 0.5 * dot(normal, LAMP));
}

// In parallel as if everything lay about as far away as the pivot.
float logDistance(vec2 uv) {
  return parallel ? distanceAt(uv) / (0.693 * pivot) : log2(distanceAt(uv));
}

float eyeDome(vec2 uv) {
  float here = logDistance(uv);
  float sum = 0.0;
  for (int i = 0; i < 8; i++) {
    float angle = float(i) * 0.78539816;
    vec2 neighbour = uv + vec2(cos(angle), sin(angle)) * radius * texel;
    sum += clamp(here - logDistance(neighbour), 0.0, 0.2);
  }
  return exp(-EYE_DOME * sum / 8.0);
}

bool covered(vec2 uv) {
  return texture2D(colour, uv).a > 0.5;
}

// A pinhole of one pixel between two points of a dense scan shows what is beside it, not what is behind it.
bool isHole(vec2 uv, vec2 along) {
  if (!covered(uv - along) || !covered(uv + along)) return false;
  if (!covered(uv)) return true;
  if (!shading) return false;
  float beside = max(unpackDepth(texture2D(depth, uv - along)), unpackDepth(texture2D(depth, uv + along)));
  return unpackDepth(texture2D(depth, uv)) > beside + 3.0 * edge;
}

vec2 closeHole(vec2 uv) {
  vec2 x = vec2(texel.x, 0.0);
  vec2 y = vec2(0.0, texel.y);
  if (isHole(uv, x)) return uv - x;
  if (isHole(uv, y)) return uv - y;
  return uv;
}

void main() {
  vec3 background = mix(backgroundBottom, backgroundTop, vUv.y);
  vec2 uv = closeHole(vUv);
  vec4 scan = texture2D(colour, uv);
  if (scan.a < 0.5) {
    gl_FragColor = vec4(background, 1.0);
    return;
  }
  float light = shading ? lamp(uv) * mix(0.4, 1.0, eyeDome(uv)) : 1.0;
  // Colours of the heatmap are read against the legend: they are shaded less than the grey of good points.
  bool heat = scan.a < 0.9;
  gl_FragColor = vec4(scan.rgb * (heat ? mix(1.0, light, 0.45) : light), 1.0);
}
