/** LAZ of point formats 6 to 10, in chunks of one point, which are stored as they are; lies and damage. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeLazDecoder } from '../cli/lazDecoder.ts';
import { CapacityError, FormatError } from '../core/errors.ts';
import { LAZ_HEADER, lazFile } from '../testing/lazFile.ts';
import { bytesSource } from './byteSource.ts';
import { openScan } from './openScan.ts';

const open = (bytes: Uint8Array) => openScan('a.laz', bytesSource(bytes), { lazDecoder: nodeLazDecoder });

const three = [
  [0, 0, 1],
  [100, 0, 2],
  [0, 100, 3],
] as const;

describe('LAZ', () => {
  it.each([6, 7, 8, 9, 10])('point format %d, with and without further bytes', async (format) => {
    for (const extra of [0, 3]) {
      const { cloud, report } = await open(lazFile(format, three, extra));
      expect(report.format).toBe(`LAZ 1.4 PDRF ${format} (compressed bit)`);
      const xs = [0, 1, 2].map((i) => cloud.positions[3 * i]! + cloud.origin[0]);
      expect(xs).toEqual([1000, 1001, 1000]);
      expect([...cloud.attributes.intensity!]).toEqual([500, 501, 502]);
      expect([...cloud.attributes.classification!]).toEqual([6, 6, 6]);
      expect(cloud.colours?.[0] ?? null).toBe([7, 8, 10].includes(format) ? 128 : null);
    }
  });

  it('the decoder is asked for only when such a scan comes', async () => {
    let asked = 0;
    const lazDecoder = () => {
      asked++;
      return nodeLazDecoder();
    };
    await openScan('a.xyz', bytesSource(new TextEncoder().encode('1 2 3\n4 5 6\n')), { lazDecoder });
    expect(asked).toBe(0);
    await openScan('a.laz', bytesSource(lazFile(6, three)), { lazDecoder });
    expect(asked).toBe(1);
  });

  it('waveforms between the points are refused with a way out', async () => {
    await expect(open(lazFile(4, three))).rejects.toThrow(/format 4.*LASzip/);
  });

  it.each([
    [
      'more points than there are bytes for',
      (b: DataView) => b.setBigUint64(247, 4_000_000_000n, true),
      /4000000000 points/,
    ],
    ['one point more', (b: DataView) => b.setBigUint64(247, 4n, true), /cut off/],
    [
      'a layer longer than the file',
      (b: DataView) => b.setUint32(LAZ_HEADER + 8 + 34, 4_000_000_000, true),
      /cut off/,
    ],
    [
      'a chunk of too many points',
      (b: DataView) => b.setUint32(LAZ_HEADER + 8 + 30, 4_000_000_000, true),
      /damaged/,
    ],
  ])('%s is refused', async (_, lie, why) => {
    const bytes = lazFile(6, three);
    lie(new DataView(bytes.buffer));
    await expect(open(bytes)).rejects.toThrow(FormatError);
    await expect(open(bytes)).rejects.toThrow(why);
  });

  it('damaged anywhere it is read or refused, never a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(3, 6, 7, 10), fc.nat(), fc.nat(255), async (format, place, byte) => {
        const bytes = lazFile(format, three);
        bytes[place % bytes.length] = byte;
        await open(bytes).catch((error: unknown) => {
          expect(error instanceof FormatError || error instanceof CapacityError).toBe(true);
        });
      }),
      { numRuns: 150 },
    );
  });
});
