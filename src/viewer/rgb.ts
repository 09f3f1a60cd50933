/** Colours as the shaders take them: sRGB 0..1, shown as they are. */

export type Rgb = readonly [number, number, number];

/**
 * @param css `#rrggbb` or `#rgb`, as style sheets are shortened in the build
 * @throws RangeError for anything else: the theme's own style sheet is wrong then
 */
export function rgb(css: string): Rgb {
  const digits = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(css.trim())?.[1];
  if (digits === undefined) throw new RangeError(`"${css}" is no colour of the form #rrggbb`);
  const width = digits.length / 3;
  const channel = (at: number) => {
    const hex = digits.slice(at * width, (at + 1) * width);
    return Number.parseInt(hex.repeat(2 / width), 16) / 255;
  };
  return [channel(0), channel(1), channel(2)];
}
