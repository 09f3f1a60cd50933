/** What is written over a saved picture of the view: name and verdict, legend, measurements. */

import { COLOUR_TABLE_SIZE } from '../../core/colourMaps.ts';

/** Colours of the words, `#rrggbb` or any CSS colour. */
export interface Ink {
  readonly text: string;
  /** Around letters and lines, so that they are read over the part. */
  readonly edge: string;
  readonly accent: string;
  readonly verdict: string;
  readonly neutral: string;
}

export interface PictureLegend {
  readonly title: string;
  /** [4 * 256] RGBA. */
  readonly table: Uint8Array;
  /** Where in the range, 0 to 1, points count as good: drawn grey. */
  readonly good: readonly [from: number, to: number];
  /** Colour there; missing = that of neutral points. */
  readonly inside?: string;
  readonly high: string;
  readonly threshold: string;
  readonly low: string;
}

/** A measurement where it is seen, CSS pixels. */
export interface PictureMeasure {
  readonly places: readonly (readonly [x: number, y: number])[];
  readonly label: string;
  readonly labelAt: readonly [x: number, y: number];
}

export interface PictureContent {
  readonly caption: { readonly name: string; readonly verdict: string | null } | null;
  readonly legend: PictureLegend | null;
  readonly measures: readonly PictureMeasure[];
}

/** White paper, as in the report theme. */
export const PAPER_INK: Omit<Ink, 'verdict'> = {
  text: '#000000',
  edge: '#ffffff',
  accent: '#00468c',
  neutral: '#b4b4b4',
};
export const PAPER_VIEW = { backgroundTop: '#ffffff', backgroundBottom: '#ffffff', neutral: '#b4b4b4' };

const FONT = 'system-ui, "Segoe UI", Roboto, Ubuntu, sans-serif';
const MARGIN = 20;
const BAR = { width: 14, height: 160 } as const;

/** Writes over the picture. @param ratio its pixels per CSS pixel */
export function writeOver(canvas: HTMLCanvasElement, ratio: number, content: PictureContent, ink: Ink): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  context.lineJoin = 'round';
  const height = canvas.height / ratio;
  for (const measure of content.measures) drawMeasure(context, measure, ink);
  if (content.caption !== null) drawCaption(context, content.caption, ink);
  if (content.legend !== null) drawLegend(context, content.legend, ink, Math.round(height - MARGIN));
}

function words(
  context: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  colour: string,
  { edge }: Ink,
): void {
  context.lineWidth = 4;
  context.strokeStyle = edge;
  context.strokeText(text, x, y);
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

function drawCaption(
  context: CanvasRenderingContext2D,
  { name, verdict }: NonNullable<PictureContent['caption']>,
  ink: Ink,
): void {
  context.textAlign = 'left';
  context.textBaseline = 'alphabetic';
  context.font = `600 16px ${FONT}`;
  words(context, name, MARGIN, MARGIN + 14, ink.text, ink);
  if (verdict !== null) words(context, verdict, MARGIN, MARGIN + 36, ink.verdict, ink);
}

function drawLegend(
  context: CanvasRenderingContext2D,
  legend: PictureLegend,
  ink: Ink,
  bottom: number,
): void {
  const top = bottom - BAR.height;
  const {
    table,
    good: [from, to],
  } = legend;
  for (let row = 0; row < BAR.height; row++) {
    const at = 1 - (row + 0.5) / BAR.height;
    const entry = 4 * Math.min(COLOUR_TABLE_SIZE - 1, Math.floor(at * COLOUR_TABLE_SIZE));
    context.fillStyle =
      at >= from && at < to
        ? (legend.inside ?? ink.neutral)
        : `rgb(${table[entry]} ${table[entry + 1]} ${table[entry + 2]})`;
    context.fillRect(MARGIN, top + row, BAR.width, 1);
  }
  context.fillStyle = ink.text;
  for (const end of from > 0 ? [from, to] : [to])
    context.fillRect(MARGIN, bottom - BAR.height * end - 1, BAR.width, 2);
  // Beside the only end, or between the two.
  const limit = bottom - BAR.height * (from > 0 ? 0.5 : to);
  context.textAlign = 'left';
  context.font = `600 12px ${FONT}`;
  context.textBaseline = 'alphabetic';
  words(context, legend.title, MARGIN, top - 10, ink.text, ink);
  context.textBaseline = 'middle';
  const x = MARGIN + BAR.width + 8;
  words(context, legend.threshold, x, Math.min(bottom - 22, Math.max(top + 22, limit)), ink.text, ink);
  context.font = `12px ${FONT}`;
  words(context, legend.high, x, top + 5, ink.text, ink);
  words(context, legend.low, x, bottom - 5, ink.text, ink);
}

function drawMeasure(
  context: CanvasRenderingContext2D,
  { places, label, labelAt }: PictureMeasure,
  ink: Ink,
): void {
  const line = () => {
    context.beginPath();
    places.forEach(([x, y], at) => {
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.stroke();
  };
  context.lineWidth = 4;
  context.strokeStyle = ink.edge;
  line();
  context.lineWidth = 2;
  context.strokeStyle = ink.accent;
  line();
  for (const [x, y] of places) {
    context.beginPath();
    context.arc(x, y, 3.5, 0, 2 * Math.PI);
    context.fillStyle = ink.accent;
    context.fill();
  }
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  context.font = `600 13px ${FONT}`;
  words(context, label, labelAt[0], labelAt[1], ink.text, ink);
}
