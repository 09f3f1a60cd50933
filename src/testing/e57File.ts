/** Writes small E57 files for tests, bit by bit after ASTM E2807; shares no code with the reader. */

export interface E57TestField {
  readonly name: string;
  readonly type: 'Float' | 'Integer' | 'ScaledInteger';
  readonly precision?: 'single' | 'double';
  readonly minimum?: bigint;
  readonly maximum?: bigint;
  readonly scale?: number;
  readonly offset?: number;
  /** Floats, or raw integers. */
  readonly values: readonly (number | bigint)[];
}

export interface E57TestScan {
  readonly fields: readonly E57TestField[];
  /** XML of the pose element. */
  readonly pose?: string;
  /** Says another number of points than there are. */
  readonly records?: number;
}

const PAGE = 1024;
const PAYLOAD = PAGE - 4;

/** CRC-32C, one bit at a time. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes)
    for (let bit = 0; bit < 8; bit++) {
      const odd = ((crc ^ (byte >> bit)) & 1) === 1;
      crc = (crc >>> 1) ^ (odd ? 0x82f63b78 : 0);
    }
  return ~crc >>> 0;
}

function bitsOf({ minimum = 0n, maximum = 0n }: E57TestField): number {
  return maximum === minimum ? 0 : (maximum - minimum).toString(2).length;
}

function packed(field: E57TestField): Uint8Array {
  if (field.type === 'Float') {
    const size = field.precision === 'single' ? 4 : 8;
    const view = new DataView(new ArrayBuffer(size * field.values.length));
    field.values.forEach((value, i) => {
      if (size === 4) view.setFloat32(4 * i, Number(value), true);
      else view.setFloat64(8 * i, Number(value), true);
    });
    return new Uint8Array(view.buffer);
  }
  const bits = bitsOf(field);
  const bytes = new Uint8Array(Math.ceil((bits * field.values.length) / 8));
  field.values.forEach((value, i) => {
    const raw = BigInt(value) - (field.minimum ?? 0n);
    for (let bit = 0; bit < bits; bit++)
      if ((raw >> BigInt(bit)) & 1n) bytes[(i * bits + bit) >> 3]! |= 1 << ((i * bits + bit) & 7);
  });
  return bytes;
}

/** The streams cut into packets of `slice` bytes each, so that values lie across packets. */
function packets(streams: readonly Uint8Array[], slice: number): Uint8Array[] {
  const out: Uint8Array[] = [];
  const longest = Math.max(1, ...streams.map((stream) => stream.length));
  for (let at = 0; at < longest; at += slice) {
    const parts = streams.map((stream) => stream.subarray(at, at + slice));
    const length = Math.ceil((6 + 2 * parts.length + parts.reduce((sum, p) => sum + p.length, 0)) / 4) * 4;
    const packet = new Uint8Array(length);
    const view = new DataView(packet.buffer);
    packet[0] = 1;
    view.setUint16(2, length - 1, true);
    view.setUint16(4, parts.length, true);
    let to = 6 + 2 * parts.length;
    parts.forEach((part, i) => {
      view.setUint16(6 + 2 * i, part.length, true);
      packet.set(part, to);
      to += part.length;
    });
    out.push(packet);
    // A packet to step over, as programs leave them.
    out.push(Uint8Array.of(2, 0, 3, 0));
  }
  return out;
}

function prototype(field: E57TestField): string {
  const { name, type, precision, minimum, maximum, scale, offset } = field;
  const attributes =
    type === 'Float'
      ? `precision="${precision ?? 'double'}"`
      : `minimum="${minimum ?? 0n}" maximum="${maximum ?? 0n}"${type === 'ScaledInteger' ? ` scale="${scale ?? 1}" offset="${offset ?? 0}"` : ''}`;
  return `<${name} type="${type}" ${attributes}/>`;
}

/** @param slice bytes of each field in a packet */
export function e57File(scans: readonly E57TestScan[], slice = 13): Uint8Array<ArrayBuffer> {
  const logical: number[] = new Array<number>(48).fill(0);
  const physical = (at: number): number => Math.floor(at / PAYLOAD) * PAGE + (at % PAYLOAD);
  const sections = scans.map(({ fields }) => {
    while (logical.length % 4 !== 0) logical.push(0);
    const start = logical.length;
    const body = packets(fields.map(packed), slice);
    const header = new Uint8Array(32);
    const view = new DataView(header.buffer);
    header[0] = 1;
    view.setBigUint64(8, BigInt(32 + body.reduce((sum, p) => sum + p.length, 0)), true);
    view.setBigUint64(16, BigInt(physical(start + 32)), true);
    logical.push(...header, ...body.flatMap((packet) => [...packet]));
    return physical(start);
  });
  const xml = `<?xml version="1.0" encoding="UTF-8"?><e57Root type="Structure" xmlns="http://www.astm.org/COMMIT/E57/2010-e57-v1.0" xmlns:nor="http://www.libe57.org/E57_NOR_surface_normals.txt"><data3D type="Vector">${scans
    .map(
      ({ fields, pose, records }, i) =>
        `<vectorChild type="Structure"><name type="String"><![CDATA[scan ${i}]]></name>${pose ?? ''}<points type="CompressedVector" fileOffset="${sections[i]}" recordCount="${records ?? fields[0]!.values.length}"><prototype type="Structure">${fields.map(prototype).join('')}</prototype><codecs type="Vector"/></points></vectorChild>`,
    )
    .join('')}</data3D></e57Root>`;
  const xmlStart = logical.length;
  const text = new TextEncoder().encode(xml);
  logical.push(...text);
  const pages = Math.ceil(logical.length / PAYLOAD);
  const bytes = new Uint8Array(pages * PAGE);
  const view = new DataView(bytes.buffer);
  const head = new DataView(new ArrayBuffer(48));
  new Uint8Array(head.buffer).set(new TextEncoder().encode('ASTM-E57'));
  head.setUint32(8, 1, true);
  head.setBigUint64(16, BigInt(bytes.length), true);
  head.setBigUint64(24, BigInt(physical(xmlStart)), true);
  head.setBigUint64(32, BigInt(text.length), true);
  head.setBigUint64(40, BigInt(PAGE), true);
  new Uint8Array(head.buffer).forEach((byte, i) => {
    logical[i] = byte;
  });
  for (let page = 0; page < pages; page++) {
    bytes.set(logical.slice(page * PAYLOAD, (page + 1) * PAYLOAD), page * PAGE);
    view.setUint32(page * PAGE + PAYLOAD, checksum(bytes.subarray(page * PAGE, page * PAGE + PAYLOAD)));
  }
  return bytes;
}
