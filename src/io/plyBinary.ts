/** The body of a binary PLY file, either byte order. */

import { FormatError } from '../core/errors.ts';
import { faceElement, type PlyBody, type PlyTargets } from './plyBody.ts';
import type { PlyElement } from './plyHeader.ts';
import { progressTicker, type ReadHooks } from './report.ts';
import { readColumn } from './scalarTypes.ts';

/** A remark on what lies behind the last element. */
export function trailing(bytes: number): string[] {
  return bytes > 0 ? [`${bytes} bytes behind the last element were ignored`] : [];
}

/**
 * @param bytes the body, or what is left of it; @param base where they lie in the file
 * @param elements those that `bytes` hold
 * @throws FormatError with the byte at which the file ends too early
 */
export function readPlyBinary(
  bytes: Uint8Array,
  base: number,
  elements: readonly PlyElement[],
  targets: PlyTargets,
  hooks: ReadHooks,
): PlyBody {
  const { vertex } = targets;
  const reader = new BodyReader(bytes, base, targets, hooks);
  for (const element of elements) {
    const fixed = element.properties.every((p) => p.count === null);
    if (fixed) reader.fixedRows(element, element === vertex);
    else if (element === vertex) reader.vertexRowsWithLists(element);
    else reader.faceRows(element);
  }
  return { skipped: 0, warnings: trailing(bytes.length - reader.at) };
}

class BodyReader {
  /** Next byte to read. */
  at = 0;
  private readonly view: DataView;
  private readonly base: number;
  private readonly targets: PlyTargets;
  private readonly littleEndian: boolean;
  private readonly tick: (row: number, done: number) => void;
  /** Values of the list read last. */
  private list = new Float64Array(64);

  constructor(bytes: Uint8Array, base: number, targets: PlyTargets, hooks: ReadHooks) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.base = base;
    this.targets = targets;
    this.littleEndian = targets.header.format === 'binary_little_endian';
    this.tick = progressTicker(hooks, 'reading PLY', bytes.length);
  }

  /** Rows of one size: read column by column, or stepped over. */
  fixedRows(element: PlyElement, isVertex: boolean): void {
    const stride = element.properties.reduce((sum, p) => sum + p.type.bytes, 0);
    const end = this.at + stride * element.rows;
    if (end > this.view.byteLength)
      throw this.cutOff(element, Math.floor((this.view.byteLength - this.at) / stride));
    let start = this.at;
    for (const [i, { type }] of element.properties.entries()) {
      const target = isVertex ? this.targets.store.target(i) : null;
      if (target !== null)
        readColumn(this.view, type, start, stride, element.rows, this.littleEndian, target);
      start += type.bytes;
      this.tick(0, this.at);
    }
    this.at = end;
  }

  vertexRowsWithLists(element: PlyElement): void {
    const { store } = this.targets;
    for (let row = 0; row < element.rows; row++) {
      this.tick(row, this.at);
      for (const [i, { type, count }] of element.properties.entries()) {
        if (count !== null) {
          this.readList(element, row, i);
          continue;
        }
        this.need(element, row, type.bytes);
        const target = store.target(i);
        if (target !== null)
          target.array[row * target.stride + target.offset] = type.read(
            this.view,
            this.at,
            this.littleEndian,
          );
        this.at += type.bytes;
      }
    }
  }

  /** Rows with lists: faces when one of them holds vertex indices, else stepped over. */
  faceRows(element: PlyElement): void {
    const face = faceElement(element);
    const { faces } = this.targets;
    for (let row = 0; row < element.rows; row++) {
      this.tick(row, this.at);
      for (const [i, { type, count }] of element.properties.entries()) {
        if (count === null) {
          this.need(element, row, type.bytes);
          this.at += type.bytes;
          continue;
        }
        const length = this.readList(element, row, i);
        if (i !== face?.list) continue;
        if (face.kind === 'strip') faces.strip(this.list, length);
        else faces.polygon(this.list, length);
      }
    }
  }

  /** Reads a list into `list`. @returns its length */
  private readList(element: PlyElement, row: number, index: number): number {
    const { type, count } = element.properties[index]!;
    this.need(element, row, count!.bytes);
    const length = count!.read(this.view, this.at, this.littleEndian);
    if (length < 0)
      throw this.fail(`row ${row} of "${element.name}" has a list of ${length} values: is the file damaged?`);
    this.at += count!.bytes;
    this.need(element, row, length * type.bytes);
    if (length > this.list.length) this.list = new Float64Array(length * 2);
    for (let k = 0; k < length; k++, this.at += type.bytes)
      this.list[k] = type.read(this.view, this.at, this.littleEndian);
    return length;
  }

  private need(element: PlyElement, row: number, bytes: number): void {
    if (this.at + bytes > this.view.byteLength) throw this.cutOff(element, row);
  }

  private cutOff(element: PlyElement, row: number): FormatError {
    return this.fail(
      `the file is cut off or damaged: the header declares ${element.rows} rows of "${element.name}", only ${row} can be read`,
    );
  }

  private fail(why: string): FormatError {
    return new FormatError(this.targets.file, `byte ${this.base + this.at}`, why);
  }
}
