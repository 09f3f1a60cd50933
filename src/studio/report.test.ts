/** The report says what the page says, on one page, whatever the scan is called and however many regions it has. */

import { createHash } from 'node:crypto';
import { PDFDocument } from '@cantoo/pdf-lib';
import { describe, expect, it } from 'vitest';
import { pdfPictures, pdfText } from '../testing/pdfText.ts';
import { bootedStudio, file } from '../testing/studio.ts';

/** The smallest JPEG there is: one grey pixel. */
const JPEG = Buffer.from(
  '/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=',
  'base64',
);
const PICTURE = { bytes: JPEG, caption: 'From above' };

async function report(name: string, prepare?: (made: Awaited<ReturnType<typeof bootedStudio>>) => void) {
  const made = await bootedStudio();
  prepare?.(made);
  made.commands.openFiles([file(name)]);
  await made.settle();
  await made.commands.findRegions();
  const drawn: string[] = [];
  await made.commands.saveReport([PICTURE, PICTURE], async (text) => {
    drawn.push(text);
    return null;
  });
  const saved = [...made.saved].find(([path]) => path.endsWith('.pdf'));
  return { ...made, name: saved?.[0], bytes: saved?.[1] ?? new Uint8Array(), drawn };
}

describe('the report', () => {
  it('names scan, verdict, limit, threshold and its origin, model, file hash and regions', async () => {
    const { name, bytes } = await report('part 7.ply');
    expect(name).toBe('part 7_report.pdf');
    const text = pdfText(bytes).join('\n');
    expect(text).toContain('part 7.ply');
    expect(text).toContain('NOT OK');
    // 0.03 and 0.01 model units of 40 source units each.
    expect(text).toContain('Object score 1.20 file units, limit 0.400 file units');
    expect(text).toContain('Limit: max of 6 good scans.');
    expect(text).toMatch(/1\.20 file units, from good scans/);
    expect(text).toContain('1 of 3 points above the threshold (33 %)');
    expect(text).toContain('flange.safetensors');
    const hash = createHash('sha256').update('part 7.ply').digest('hex');
    expect(text.replaceAll('\n', '')).toContain(`SHA-256${hash}`);
    expect(text).toMatch(/Defect regions: 1 \(in file units.*\n[\s\S]*bulge\n3\.20\n2\.00\n1\.00\n1$/m);
    expect(pdfPictures(bytes)).toBe(2);
    expect((await PDFDocument.load(bytes)).getPageCount()).toBe(1);
  });

  it('names the good scans that judged', async () => {
    const { bytes } = await report('part.ply', ({ commands }) => commands.addGoodFiles([file('good.ply')]));
    const text = pdfText(bytes).join('\n');
    expect(text).toContain('Distance to the good scans');
    expect(text).toContain('1: good.ply');
    expect(text).toContain('Aligned: 0.040 file units median, 98 % overlap.');
  });

  it('stays one page with more regions than it has room for', async () => {
    const { bytes } = await report('part.ply', ({ engine }) => {
      const region = {
        rows: Uint32Array.of(1),
        peak: 1,
        peakScore: 0.05,
        meanScore: 0.05,
        centre: [1, 2, 3],
        normal: [0, 0, 1],
        area: 2,
        extent: 1,
        kind: 'dent',
        signed: -0.05,
      };
      engine.answers.findRegions = () => ({
        regions: Array.from({ length: 300 }, (_, peak) => ({ ...region, peak })),
        signed: new Float32Array(3),
      });
    });
    const text = pdfText(bytes).join('\n');
    expect(text).toContain('Defect regions: 300');
    expect(text).toMatch(/and 2\d\d more: the regions can be saved as CSV/);
    expect((await PDFDocument.load(bytes)).getPageCount()).toBe(1);
  });

  it('draws a name in other letters, and writes what it can where that is not possible', async () => {
    const { bytes, drawn } = await report('部品-7.ply');
    expect(drawn).toContain('部品-7.ply');
    expect(pdfText(bytes).join('\n')).toContain('??-7.ply');
  });

  it('that cannot be made is a message, not silence', async () => {
    const made = await bootedStudio();
    made.commands.openFiles([file('part.ply')]);
    await made.settle();
    await made.commands.saveReport([{ bytes: new Uint8Array(3), caption: '' }], async () => null);
    expect(made.store.getState().notices.at(-1)?.title).toBe('The report of “part.ply” could not be made');
  });
});
