// One scan: round points, coloured by score against a threshold. Sizes in pixels of the drawing buffer.
uniform float pointSize;   // diameter, world units
uniform float pixelScale;  // pixels per world unit at distance 1, in parallel at every distance
uniform vec2 sizeLimits;   // smallest and largest diameter, pixels
uniform sampler2D colourMap;
uniform vec2 range;        // scores at the two ends of the colour map, model units
uniform float threshold;   // model units
uniform vec3 neutral;      // colour of scans without scores
uniform vec3 inside;       // colour of points at or below the threshold

#ifdef HAS_SCORE
attribute float score;     // model units
#endif
#ifdef HAS_MARK
attribute float mark;      // row of the palette
uniform sampler2D palette; // 256 colours; alpha = how much of the colour shows
#endif
#ifdef HAS_COLOUR
attribute vec3 fileColour; // sRGB 0..1
#endif
#ifdef HAS_OFFSET
attribute vec3 offset;     // model units
uniform float restore;     // how far points go back along it, source units per model unit
#endif
uniform vec4 sections[4];  // planes: normal and distance along it, source units; a zero normal cuts nothing
varying vec4 vColour;
varying float vViewZ;
varying float vRadius;     // drawn radius, world units
varying float vOutline;    // squared distance from the middle up to which the point is drawn

// Smaller points are drawn as squares: discs of two pixels leave pinholes in a dense scan.
const float SMALLEST_DISC = 3.0;
// Alpha tells the pass that follows what a pixel shows: 0 is background.
const float COVERED = 1.0;
const float HEAT = 0.8;
// Marks of this number are not drawn.
const float HIDDEN = 255.0;

void main() {
  vec3 place = position;
#ifdef HAS_OFFSET
  place -= restore * offset;
#endif
  for (int i = 0; i < 4; i++) {
    if (sections[i].xyz != vec3(0.0) && dot(sections[i].xyz, place) > sections[i].w) {
      gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
      return;
    }
  }
  vec4 viewPosition = modelViewMatrix * vec4(place, 1.0);
  gl_Position = projectionMatrix * viewPosition;
  // Clip w is the distance in perspective, 1 in parallel.
  gl_PointSize = clamp(pointSize * pixelScale / gl_Position.w, sizeLimits.x, sizeLimits.y);
  vOutline = gl_PointSize < SMALLEST_DISC ? 2.0 : 1.0;
  vViewZ = viewPosition.z;
  vRadius = 0.5 * gl_PointSize * gl_Position.w / pixelScale;
#ifdef HAS_COLOUR
  vColour = vec4(fileColour, COVERED);
#else
  vColour = vec4(neutral, COVERED);
#endif
#ifdef HAS_SCORE
  vColour = vec4(inside, COVERED);
  // Offsets with a sign count in both directions.
  if (abs(score) > threshold) {
    float t = clamp((score - range.x) / (range.y - range.x), 0.0, 1.0);
    vColour = vec4(texture2D(colourMap, vec2(t, 0.5)).rgb, HEAT);
  }
#endif
#ifdef HAS_MARK
  vec4 paint = texture2D(palette, vec2((mark + 0.5) / 256.0, 0.5));
  vColour = vec4(mix(vColour.rgb, paint.rgb, paint.a), paint.a > 0.0 ? HEAT : vColour.a);
  // Outside the clip volume.
  if (mark == HIDDEN) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
#endif
}
