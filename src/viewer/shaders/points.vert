// One scan: round points, coloured by score against a threshold. Sizes in pixels of the drawing buffer.
uniform float pointSize;   // diameter, world units
uniform float pixelScale;  // pixels per world unit at distance 1
uniform vec2 sizeLimits;   // smallest and largest diameter, pixels
uniform sampler2D colourMap;
uniform vec2 range;        // scores at the two ends of the colour map, model units
uniform float threshold;   // model units
uniform vec3 neutral;      // colour of points at or below the threshold

#ifdef HAS_SCORE
attribute float score;     // model units
#endif
#ifdef HAS_COLOUR
attribute vec3 fileColour; // sRGB 0..1
#endif
varying vec3 vColour;

void main() {
  vec4 viewPosition = modelViewMatrix * vec4(position, 1.0);
  gl_Position = projectionMatrix * viewPosition;
  gl_PointSize = clamp(pointSize * pixelScale / -viewPosition.z, sizeLimits.x, sizeLimits.y);
#ifdef HAS_COLOUR
  vColour = fileColour;
#else
  vColour = neutral;
#endif
#ifdef HAS_SCORE
  vColour = neutral;
  if (score > threshold) {
    float t = clamp((score - range.x) / (range.y - range.x), 0.0, 1.0);
    vColour = texture2D(colourMap, vec2(t, 0.5)).rgb;
  }
#endif
}
