/** LAZ files of point formats 6 to 10 for tests: chunks of one point each, which LASzip stores as they are. */

const LENGTHS: Readonly<Record<number, number>> = { 3: 34, 4: 57, 6: 30, 7: 36, 8: 38, 9: 59, 10: 67 };
/** Layers beside the nine of the point itself: colour, near infrared, waveform. */
const FURTHER: Readonly<Record<number, number>> = { 6: 0, 7: 1, 8: 2, 9: 1, 10: 3 };
/** Bytes in front of the chunks. */
export const LAZ_HEADER = 375;

/** @param points steps of 0.01 from (1000, 1000, 1000); @param extra bytes behind each record */
export function lazFile(
  pointFormat: number,
  points: readonly (readonly [number, number, number])[],
  extra = 0,
): Uint8Array<ArrayBuffer> {
  const recordLength = LENGTHS[pointFormat]! + extra;
  const layers = 9 + (FURTHER[pointFormat] ?? 0) + extra;
  const chunk = recordLength + 4 + 4 * layers;
  const bytes = new Uint8Array(LAZ_HEADER + 8 + chunk * points.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('LASF'));
  bytes.set([1, 4], 24);
  view.setUint16(94, LAZ_HEADER, true);
  view.setUint32(96, LAZ_HEADER, true);
  bytes[104] = pointFormat | 0x80;
  view.setUint16(105, recordLength, true);
  view.setBigUint64(247, BigInt(points.length), true);
  for (let axis = 0; axis < 3; axis++) {
    view.setFloat64(131 + 8 * axis, 0.01, true);
    view.setFloat64(155 + 8 * axis, 1000, true);
  }
  points.forEach((point, i) => {
    const at = LAZ_HEADER + 8 + i * chunk;
    point.forEach((value, axis) => {
      view.setInt32(at + 4 * axis, value, true);
    });
    view.setUint16(at + 12, 500 + i, true);
    bytes[at + 16] = 6;
    if (pointFormat === 7 || pointFormat === 8 || pointFormat === 10) view.setUint16(at + 30, 0x8000, true);
    view.setUint32(at + recordLength, 1, true);
  });
  return bytes;
}
