/** Reads a PDF that we wrote, for tests: its text, and how many pictures it has. */

import { unzlibSync } from 'fflate';

/** Starts and ends of what lies between two words. */
function* between(text: string, open: string, close: string): Generator<readonly [number, number]> {
  for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at)) {
    const start = at + open.length;
    const end = text.indexOf(close, start);
    if (end < 0) return;
    yield [start, end];
    at = end + close.length;
  }
}

/** @returns every piece of text in the order in which it was written */
export function pdfText(bytes: Uint8Array): string[] {
  const whole = new TextDecoder('latin1').decode(bytes);
  const pieces: string[] = [];
  for (const [start, end] of between(whole, 'stream\n', '\nendstream')) {
    // 0x78: a zlib stream; pictures are not packed again.
    if (bytes[start] !== 0x78) continue;
    const content = new TextDecoder('latin1').decode(unzlibSync(bytes.subarray(start, end)));
    for (const [, digits] of content.matchAll(/<([0-9A-Fa-f]+)> Tj/g))
      pieces.push(new TextDecoder('windows-1252').decode(Buffer.from(digits!, 'hex')));
  }
  return pieces;
}

export function pdfPictures(bytes: Uint8Array): number {
  return [...new TextDecoder('latin1').decode(bytes).matchAll(/\/Subtype\s*\/Image/g)].length;
}
