/**
 * The report as a PDF of one A4 page: verdict, pictures, histogram, facts, regions. Loaded when a report is
 * wanted; its text is text, so that it can be searched and copied.
 */

import { rgb } from '@cantoo/pdf-lib';
import { ticks } from './histogram.ts';
import type { ReportContent, ReportPicture } from './reportContent.ts';
import { DIM, type DrawText, INK, LINE, PAGE, Sheet } from './reportSheet.ts';
import type { Verdict } from './state.ts';

const { margin: LEFT, width: PAGE_WIDTH, height: PAGE_HEIGHT } = PAGE;
const WIDTH = PAGE_WIDTH - 2 * LEFT;
const GAP = 9;
const LINE_HEIGHT = 11;
const PICTURE_HEIGHT = 150;
const HISTOGRAM_HEIGHT = 62;

const GOOD = rgb(0, 0.34, 0.17);
const BAD = rgb(0.64, 0.07, 0.04);
const BAR_BAD = rgb(0.13, 0.45, 0.55);
const BAR_GOOD = rgb(0.68, 0.71, 0.75);
const VERDICT_COLOUR = {
  ok: GOOD,
  'not-ok': BAD,
  uncalibrated: DIM,
  'not-aligned': DIM,
} as const satisfies Record<Verdict, unknown>;

/** @param pictures up to four @returns the bytes of the file */
export async function reportPdf(
  content: ReportContent,
  pictures: readonly ReportPicture[],
  drawText: DrawText,
): Promise<Uint8Array<ArrayBuffer>> {
  const sheet = await Sheet.open(drawText);
  sheet.document.setTitle(`Inspection report: ${content.scan}`);
  sheet.document.setCreator('PO3AD Studio');
  sheet.document.setProducer('PO3AD Studio');
  let y = await putHead(sheet, content);
  y = await putPictures(sheet, pictures, y);
  y = putHistogram(sheet, content, y);
  const half = (WIDTH - 2 * GAP) / 2;
  putFacts(sheet, content, y, half);
  const right = LEFT + half + 2 * GAP;
  const bottom = PAGE_HEIGHT - 44;
  // Half of the column, where there is that much to say.
  const pinRoom = Math.min(content.pins.length * 2 * LINE_HEIGHT + 26, (bottom - y) / 2);
  const below = putRegions(sheet, content, y, right, half, bottom - (content.pins.length > 0 ? pinRoom : 0));
  await putPins(sheet, content, below + GAP, right, half, bottom);
  sheet.text('Made with PO3AD Studio. Scores are distances from a good part.', LEFT, PAGE_HEIGHT - 26, {
    size: 7,
    colour: DIM,
  });
  return new Uint8Array(await sheet.document.save());
}

async function putHead(sheet: Sheet, content: ReportContent): Promise<number> {
  sheet.text('Inspection report', LEFT, 34, { size: 15, bold: true });
  sheet.text(content.date, LEFT + WIDTH, 39, { align: 'right', colour: DIM });
  await sheet.name(content.scan, LEFT, 54, WIDTH, { size: 11 });
  const colour = VERDICT_COLOUR[content.verdict];
  sheet.box(LEFT, 74, 118, 34, colour);
  sheet.text(content.verdictText, LEFT + 10, 84, { size: 15, bold: true, colour: rgb(1, 1, 1) });
  const beside = LEFT + 118 + GAP;
  sheet.text(content.score, beside, 75, { size: 10, bold: true });
  const rows = content.basis.flatMap((text) => sheet.lines(text, LEFT + WIDTH - beside));
  rows.forEach((row, at) => {
    sheet.text(row, beside, 88 + at * (LINE_HEIGHT - 1), { colour: DIM });
  });
  return Math.max(124, 94 + rows.length * (LINE_HEIGHT - 1));
}

async function putPictures(sheet: Sheet, pictures: readonly ReportPicture[], top: number): Promise<number> {
  const width = (WIDTH - GAP) / 2;
  for (const [at, { bytes, caption }] of pictures.entries()) {
    const x = LEFT + (at % 2) * (width + GAP);
    const y = top + Math.floor(at / 2) * (PICTURE_HEIGHT + 18);
    await sheet.jpeg(bytes, x, y, width, PICTURE_HEIGHT);
    sheet.box(x, y, width, PICTURE_HEIGHT, null, LINE);
    sheet.text(caption, x, y + PICTURE_HEIGHT + 3, { size: 7.5, colour: DIM });
  }
  return top + Math.ceil(pictures.length / 2) * (PICTURE_HEIGHT + 18) + 4;
}

/** Heights are logarithmic: a defect has few points. */
function putHistogram(sheet: Sheet, content: ReportContent, top: number): number {
  const { histogram, threshold, unit, above } = content;
  const { counts, max } = histogram;
  sheet.text('Scores', LEFT, top, { bold: true });
  sheet.text(above, LEFT + WIDTH, top, { align: 'right', colour: DIM });
  const base = top + 14 + HISTOGRAM_HEIGHT;
  const highest = Math.log1p(counts.reduce((most, count) => Math.max(most, count), 1));
  const step = WIDTH / counts.length;
  counts.forEach((count, at) => {
    if (count === 0) return;
    const height = (Math.log1p(count) / highest) * HISTOGRAM_HEIGHT;
    const colour = (at + 0.5) * (max / counts.length) > threshold ? BAR_BAD : BAR_GOOD;
    sheet.box(LEFT + at * step, base - height, step * 0.9, height, colour);
  });
  sheet.line(LEFT, base, LEFT + WIDTH, base, INK);
  const mark = LEFT + (threshold / max) * WIDTH;
  sheet.line(mark, top + 12, mark, base, INK, 1);
  sheet.text('threshold', mark + 3, top + 13, { size: 7 });
  const marks = ticks(max * unit.perModelUnit, 8);
  const decimals = Math.max(0, -Math.floor(Math.log10(marks[1] ?? 1)));
  for (const tick of marks) {
    const x = LEFT + (tick / (max * unit.perModelUnit)) * WIDTH;
    const label = tick === 0 ? `0 ${unit.symbol}` : tick.toFixed(decimals);
    sheet.text(label, Math.min(x, LEFT + WIDTH - 18), base + 3, { size: 7, colour: DIM });
  }
  return base + 22;
}

function putFacts(sheet: Sheet, { facts }: ReportContent, top: number, width: number): void {
  sheet.text('What was checked, and how', LEFT, top, { bold: true });
  const column = 66;
  let y = top + 15;
  for (const [name, value] of facts) {
    const style = /hash$/.test(name) ? { mono: true, size: 7 } : {};
    const rows = sheet.lines(value, width - column, style).slice(0, 3);
    if (y + rows.length * LINE_HEIGHT > PAGE_HEIGHT - 32) return;
    sheet.text(name, LEFT, y, { colour: DIM });
    for (const row of rows) {
      sheet.text(row, LEFT + column, y, style);
      y += LINE_HEIGHT;
    }
  }
}

/** Left ends of the columns as parts of the width; numbers stand at the right end of theirs. */
const COLUMNS = [0, 0.07, 0.22, 0.45, 0.68, 0.85, 1] as const;

/** @returns where they end */
function putRegions(
  sheet: Sheet,
  content: ReportContent,
  top: number,
  left: number,
  width: number,
  bottom: number,
): number {
  const { regions, regionHead, unit, acceptedRegions } = content;
  const besides = acceptedRegions === 0 ? '' : `, ${acceptedRegions} accepted as normal`;
  sheet.text(
    regions.length === 0
      ? `No defect region${besides}`
      : `Defect regions: ${regions.length}${besides} (in ${unit.symbol} and ${unit.symbol}²)`,
    left,
    top,
    {
      bold: true,
    },
  );
  if (regions.length === 0) return top + LINE_HEIGHT;
  const put = (cells: readonly string[], y: number, colour = INK) => {
    cells.forEach((cell, at) => {
      const words = at < 2;
      const x = left + width * COLUMNS[words ? at : at + 1]!;
      sheet.text(cell, x, y, { size: 7.5, align: words ? 'left' : 'right', colour });
    });
  };
  put(regionHead, top + 15, DIM);
  sheet.line(left, top + 25, left + width, top + 25, LINE);
  const room = Math.max(2, Math.floor((bottom - (top + 29)) / LINE_HEIGHT));
  const shown = regions.slice(0, regions.length > room ? room - 1 : room);
  shown.forEach((cells, at) => {
    put(cells, top + 29 + at * LINE_HEIGHT);
  });
  const more = regions.length - shown.length;
  if (more > 0)
    sheet.text(
      `and ${more} more: the regions can be saved as CSV`,
      left,
      top + 29 + shown.length * LINE_HEIGHT,
      {
        size: 7.5,
        colour: DIM,
      },
    );
  return top + 29 + (shown.length + Number(more > 0)) * LINE_HEIGHT;
}

/** As many comments as there is room for, each in two lines at most. */
async function putPins(
  sheet: Sheet,
  { pins }: ReportContent,
  top: number,
  left: number,
  width: number,
  bottom: number,
): Promise<void> {
  if (pins.length === 0) return;
  sheet.text(`Comments: ${pins.length}`, left, top, { bold: true });
  let y = top + 14;
  for (const [at, { name, text }] of pins.entries()) {
    const last = at === pins.length - 1;
    if (y + (last ? 2 : 3) * LINE_HEIGHT > bottom) {
      sheet.text(`and ${pins.length - at} more: the pins can be saved as CSV`, left, y, {
        size: 7.5,
        colour: DIM,
      });
      return;
    }
    sheet.text(name, left, y, { bold: true });
    y += (await sheet.paragraph(text, left + 16, y, width - 16, 2)) * LINE_HEIGHT + 2;
  }
}
