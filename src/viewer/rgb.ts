/** Colours as the shaders take them: sRGB 0..1, shown as they are. */

export type Rgb = readonly [number, number, number];

/** @param css `#rrggbb` @throws RangeError for anything else: the theme's own style sheet is wrong then */
export function rgb(css: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(css.trim());
  if (match === null) throw new RangeError(`"${css}" is no colour of the form #rrggbb`);
  const [r, g, b] = match.slice(1).map((hex) => Number.parseInt(hex, 16) / 255);
  return [r!, g!, b!];
}
