varying vec3 vColour;

void main() {
  vec2 fromCentre = gl_PointCoord * 2.0 - 1.0;
  if (dot(fromCentre, fromCentre) > 1.0) discard;
  // Alpha marks what is covered, for the pass that lays the scan over the background.
  gl_FragColor = vec4(vColour, 1.0);
}
