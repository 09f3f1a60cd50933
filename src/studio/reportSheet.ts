/** One A4 page to write and draw on, from the top left corner, lengths in points. */

import { type Color, PDFDocument, type PDFFont, type PDFPage, rgb, StandardFonts } from '@cantoo/pdf-lib';

export const PAGE = { width: 595, height: 842, margin: 36 } as const;

export const INK = rgb(0.07, 0.1, 0.14);
export const DIM = rgb(0.36, 0.4, 0.45);
export const LINE = rgb(0.8, 0.83, 0.86);

/** Text in letters that the PDF's own fonts lack, as a PNG of black letters; null = cannot be done. */
export type DrawText = (text: string) => Promise<Uint8Array | null>;

export interface TextStyle {
  readonly size?: number;
  readonly bold?: boolean;
  readonly mono?: boolean;
  readonly colour?: Color;
  readonly align?: 'left' | 'right';
}

interface Fonts {
  readonly plain: PDFFont;
  readonly bold: PDFFont;
  readonly mono: PDFFont;
}

const SIZE = 8.5;
/** Signs of the page that Windows-1252 lacks, and what stands for them. */
const SUBSTITUTES: Readonly<Record<string, string>> = { '\u2212': '\u2013', '\u202f': ' ', '\u00a0': ' ' };

export class Sheet {
  readonly document: PDFDocument;
  private readonly page: PDFPage;
  private readonly fonts: Fonts;
  private readonly drawText: DrawText;
  private readonly letters: ReadonlySet<number>;

  private constructor(document: PDFDocument, fonts: Fonts, drawText: DrawText) {
    this.document = document;
    this.page = document.addPage([PAGE.width, PAGE.height]);
    this.fonts = fonts;
    this.drawText = drawText;
    this.letters = new Set(fonts.plain.getCharacterSet());
  }

  static async open(drawText: DrawText): Promise<Sheet> {
    const document = await PDFDocument.create();
    const fonts = {
      plain: await document.embedFont(StandardFonts.Helvetica),
      bold: await document.embedFont(StandardFonts.HelveticaBold),
      mono: await document.embedFont(StandardFonts.Courier),
    };
    return new Sheet(document, fonts, drawText);
  }

  /** Broken into lines that fit; a word longer than a line is cut. */
  lines(text: string, width: number, style: TextStyle = {}): string[] {
    const fits = (line: string) => this.widthOf(line, style) <= width;
    const lines: string[] = [];
    let line = '';
    for (const word of this.readable(text).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (fits(longer)) {
        line = longer;
        continue;
      }
      if (line !== '') lines.push(line);
      line = word;
      while (!fits(line)) {
        let most = line.length - 1;
        while (most > 1 && !fits(line.slice(0, most))) most--;
        lines.push(line.slice(0, most));
        line = line.slice(most);
      }
    }
    return [...lines, line];
  }

  /** One line; `y` is its top. */
  text(text: string, x: number, y: number, style: TextStyle = {}): void {
    const { size = SIZE, colour = INK, align = 'left' } = style;
    const line = this.readable(text);
    const left = align === 'right' ? x - this.widthOf(line, style) : x;
    this.page.drawText(line, {
      x: left,
      y: PAGE.height - y - size * 0.8,
      size,
      font: this.font(style),
      color: colour,
    });
  }

  /** Like `text`, for names that people gave: any letters, cut to the width. */
  async name(text: string, x: number, y: number, width: number, style: TextStyle = {}): Promise<void> {
    const png = this.isForeign(text) ? await this.drawText(text) : null;
    if (png === null) {
      this.text(this.lines(text, width, style)[0]!, x, y, style);
      return;
    }
    const picture = await this.document.embedPng(png);
    const height = (style.size ?? SIZE) * 1.2;
    const scale = Math.min(height / picture.height, width / picture.width);
    const drawn = { width: picture.width * scale, height: picture.height * scale };
    this.page.drawImage(picture, { x, y: PAGE.height - y - drawn.height, ...drawn });
  }

  /** Several lines, at most so many; in letters that the PDF's fonts lack, one. @returns lines that were drawn */
  async paragraph(text: string, x: number, y: number, width: number, most: number): Promise<number> {
    const flat = text.replaceAll(/\s+/g, ' ');
    if (this.isForeign(flat)) {
      await this.name(flat, x, y, width);
      return 1;
    }
    const lines = this.lines(flat, width);
    const shown = lines.slice(0, most);
    shown.forEach((line, at) => {
      const cut = at === most - 1 && lines.length > most;
      this.text(cut ? `${line.slice(0, -2)}...` : line, x, y + at * SIZE * 1.25);
    });
    return shown.length;
  }

  box(
    x: number,
    y: number,
    width: number,
    height: number,
    fill: Color | null,
    border: Color | null = null,
  ): void {
    this.page.drawRectangle({
      x,
      y: PAGE.height - y - height,
      width,
      height,
      ...(fill === null ? {} : { color: fill }),
      ...(border === null ? {} : { borderColor: border, borderWidth: 0.6 }),
    });
  }

  line(x1: number, y1: number, x2: number, y2: number, colour: Color, thickness = 0.6): void {
    this.page.drawLine({
      start: { x: x1, y: PAGE.height - y1 },
      end: { x: x2, y: PAGE.height - y2 },
      thickness,
      color: colour,
    });
  }

  async jpeg(bytes: Uint8Array, x: number, y: number, width: number, height: number): Promise<void> {
    const picture = await this.document.embedJpg(bytes);
    this.page.drawImage(picture, { x, y: PAGE.height - y - height, width, height });
  }

  private isForeign(text: string): boolean {
    return [...text].some((sign) => !this.letters.has((SUBSTITUTES[sign] ?? sign).codePointAt(0)!));
  }

  private font({ bold, mono }: TextStyle): PDFFont {
    return mono ? this.fonts.mono : bold ? this.fonts.bold : this.fonts.plain;
  }

  private widthOf(line: string, style: TextStyle): number {
    return this.font(style).widthOfTextAtSize(line, style.size ?? SIZE);
  }

  private readable(text: string): string {
    return [...text]
      .map((sign) => SUBSTITUTES[sign] ?? (this.letters.has(sign.codePointAt(0)!) ? sign : '?'))
      .join('');
  }
}
