/** The XML of an E57 file: which scans there are, how their points are stored, where they stand. */

import { DOMParser, type Element } from '@xmldom/xmldom';
import { FormatError } from '../core/errors.ts';
import type { E57Field, E57Packing } from './e57Fields.ts';
import type { E57Vector } from './e57Vector.ts';

export interface E57Pose {
  /** Unit quaternion (w, x, y, z). */
  readonly rotation: readonly [number, number, number, number];
  readonly translation: readonly [number, number, number];
}

export interface E57Scan extends E57Vector {
  readonly name: string;
  readonly pose: E57Pose | null;
}

/** @throws FormatError when it is no XML, or describes points in a way that is not known */
export function parseE57Xml(file: string, text: string): E57Scan[] {
  const fail = (why: string) => new FormatError(file, 'E57 XML', why);
  let root: Element | null;
  try {
    const parser = new DOMParser({
      onError: (level, message) => {
        if (level !== 'warning') throw new Error(message);
      },
    });
    root = parser.parseFromString(text, 'text/xml').documentElement;
  } catch (error) {
    throw fail(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (root === null || root.localName !== 'e57Root') throw fail('has no e57Root');
  return children(child(root, 'data3D')).flatMap((scan, i) => {
    const points = child(scan, 'points');
    if (points === null) return [];
    const records = wholeNumber(points, 'recordCount', fail);
    const fileOffset = wholeNumber(points, 'fileOffset', fail);
    const codecs = children(child(points, 'codecs'));
    if (codecs.length > 0) throw fail('its points are packed by a codec that is not known');
    const fields = children(child(points, 'prototype')).map((field) => parseField(field, fail));
    return [
      {
        name: textOf(child(scan, 'name')) || `scan ${i + 1}`,
        records,
        fileOffset,
        fields,
        pose: parsePose(child(scan, 'pose')),
      },
    ];
  });
}

function children(element: Element | null): Element[] {
  return element === null
    ? []
    : [...element.childNodes].filter((node): node is Element => node.nodeType === 1);
}

function child(element: Element | null, name: string): Element | null {
  return children(element).find((node) => node.nodeName === name) ?? null;
}

function textOf(element: Element | null): string {
  return element?.textContent?.trim() ?? '';
}

function wholeNumber(element: Element, attribute: string, fail: (why: string) => FormatError): number {
  const text = element.getAttribute(attribute) ?? '';
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value) || value < 0)
    throw fail(`${attribute} "${text}" is no count`);
  return value;
}

function integer(text: string, fail: (why: string) => FormatError): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw fail(`"${text}" is no whole number`);
  return BigInt(text);
}

/** A field without limits may have any value of 64 bits. */
const SMALLEST = '-9223372036854775808';
const LARGEST = '9223372036854775807';

function parseField(element: Element, fail: (why: string) => FormatError): E57Field {
  const name = element.nodeName;
  const attribute = (key: string) => element.getAttribute(key) ?? '';
  const type = attribute('type');
  if (type === 'Float') {
    const packing: E57Packing = { kind: 'float', bytes: attribute('precision') === 'single' ? 4 : 8 };
    return { name, packing, limits: null };
  }
  if (type === 'String') return { name, packing: { kind: 'text' }, limits: null };
  if (type !== 'Integer' && type !== 'ScaledInteger')
    throw fail(`field ${name} has the unknown type "${type}"`);
  const minimum = integer(attribute('minimum') || SMALLEST, fail);
  const maximum = integer(attribute('maximum') || LARGEST, fail);
  if (maximum < minimum) throw fail(`field ${name} has a maximum below its minimum`);
  const bits = maximum === minimum ? 0 : (maximum - minimum).toString(2).length;
  if (bits > 64) throw fail(`field ${name} has values of ${bits} bits`);
  const scale = type === 'ScaledInteger' ? Number(attribute('scale') || 1) : 1;
  const offset = type === 'ScaledInteger' ? Number(attribute('offset') || 0) : 0;
  if (!Number.isFinite(scale * offset)) throw fail(`field ${name} has a scale or offset that is no number`);
  const limits = [Number(minimum) * scale + offset, Number(maximum) * scale + offset] as const;
  return { name, packing: { kind: 'integer', bits, minimum, scale, offset }, limits };
}

function parsePose(pose: Element | null): E57Pose | null {
  if (pose === null) return null;
  const number = (parent: Element | null, name: string, missing: number): number => {
    const text = textOf(child(parent, name));
    const value = Number(text);
    return text === '' || !Number.isFinite(value) ? missing : value;
  };
  const rotation = child(pose, 'rotation');
  const translation = child(pose, 'translation');
  return {
    rotation: [
      number(rotation, 'w', 1),
      number(rotation, 'x', 0),
      number(rotation, 'y', 0),
      number(rotation, 'z', 0),
    ],
    translation: [number(translation, 'x', 0), number(translation, 'y', 0), number(translation, 'z', 0)],
  };
}
