/**
 * The pages of an E57 file: every page ends with a checksum, which is taken out here, so that the rest is read
 * as one run of bytes. Source: ASTM E2807, section 9; checksum: CRC-32C (Castagnoli), big-endian.
 */

import { FormatError } from '../core/errors.ts';
import type { ByteSource } from './byteSource.ts';

const CHECKSUM = 4;
/** CRC-32C, reflected. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc >>> 0;
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

export class E57Pages {
  private readonly file: string;
  private readonly source: ByteSource;
  private readonly pageSize: number;

  /** @throws FormatError for a page size that no program writes */
  constructor(file: string, source: ByteSource, pageSize: number) {
    if (!(Number.isSafeInteger(pageSize) && pageSize >= 64 && pageSize <= 1 << 24))
      throw new FormatError(file, 'E57 header', `pages of ${pageSize} bytes are not known`);
    this.file = file;
    this.source = source;
    this.pageSize = pageSize;
  }

  /** Place of a byte of the file among the bytes without checksums. */
  logical(physical: number): number {
    const page = Math.floor(physical / this.pageSize);
    return (
      page * (this.pageSize - CHECKSUM) + Math.min(physical - page * this.pageSize, this.pageSize - CHECKSUM)
    );
  }

  /** How many bytes there are without checksums. */
  get length(): number {
    return Math.floor(this.source.size / this.pageSize) * (this.pageSize - CHECKSUM);
  }

  /** @param start logical @throws FormatError when the file ends before, or a checksum is wrong */
  async read(start: number, length: number): Promise<Uint8Array> {
    const payload = this.pageSize - CHECKSUM;
    if (start + length > this.length)
      throw new FormatError(
        this.file,
        `byte ${this.source.size}`,
        `the file is cut off: ${length} bytes are expected behind its byte ${start}`,
      );
    const first = Math.floor(start / payload);
    const last = Math.ceil((start + length) / payload);
    const raw = await this.source.read(first * this.pageSize, last * this.pageSize);
    const bytes = new Uint8Array((last - first) * payload);
    for (let page = 0; page < last - first; page++) {
      const at = page * this.pageSize;
      const content = raw.subarray(at, at + payload);
      this.check(raw, at, content, first + page);
      bytes.set(content, page * payload);
    }
    return bytes.subarray(start - first * payload, start - first * payload + length);
  }

  private check(raw: Uint8Array, at: number, content: Uint8Array, page: number): void {
    const view = new DataView(raw.buffer, raw.byteOffset + at + content.length, CHECKSUM);
    if (view.getUint32(0) !== crc32c(content))
      throw new FormatError(
        this.file,
        `byte ${page * this.pageSize}`,
        'the file is damaged: the checksum of this page is wrong',
      );
  }
}
