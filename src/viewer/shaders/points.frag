// A point is a small dome towards the viewer: where points overlap, the nearest centre wins, so that they
// meet in cells like a closed surface instead of lying on each other like scales.
uniform mat4 projectionMatrix;
varying vec4 vColour;
varying float vViewZ;
varying float vRadius;
varying float vOutline;

void main() {
  vec2 fromCentre = gl_PointCoord * 2.0 - 1.0;
  float square = dot(fromCentre, fromCentre);
  if (square > vOutline) discard;
  float z = vViewZ - vRadius * square;
  float w = projectionMatrix[2][3] * z + projectionMatrix[3][3];
  gl_FragDepth = 0.5 + 0.5 * (projectionMatrix[2][2] * z + projectionMatrix[3][2]) / w;
  gl_FragColor = vColour;
}
