/** Strict reading of JSON that came from elsewhere: every access names its place and checks its kind. */

import type { Vec3 } from '../core/types.ts';
import { LONGEST_TEXT, MOST_ENTRIES } from './bundle.ts';
import { ShareError } from './problem.ts';

/** No length, score or time is larger; what is computed from such numbers stays finite in float32. */
const LARGEST = 1e30;

export class Fields {
  private readonly where: string;
  private readonly values: Readonly<Record<string, unknown>>;

  /** @throws ShareError when it is no object */
  constructor(where: string, value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new ShareError('damaged', where, 'must be an object');
    this.where = where;
    this.values = { ...value };
  }

  private wrong(name: string, what: string): ShareError {
    return new ShareError('damaged', `${this.where}.${name}`, `must be ${what}`);
  }

  number(name: string, low = -LARGEST, high = LARGEST): number {
    const value = this.values[name];
    if (typeof value !== 'number' || !(value >= low && value <= high))
      throw this.wrong(name, `a number from ${low} to ${high}`);
    return value;
  }

  integer(name: string, low: number, high: number): number {
    const value = this.number(name, low, high);
    if (!Number.isInteger(value)) throw this.wrong(name, 'a whole number');
    return value;
  }

  numberOrNull(name: string): number | null {
    return this.values[name] === null ? null : this.number(name);
  }

  text(name: string, longest = LONGEST_TEXT): string {
    const value = this.values[name];
    if (typeof value !== 'string' || value.length > longest)
      throw this.wrong(name, `a text of at most ${longest} characters`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.values[name];
    if (typeof value !== 'boolean') throw this.wrong(name, 'true or false');
    return value;
  }

  /** For what older bundles do not have. */
  flagOr(name: string, missing: boolean): boolean {
    return this.values[name] === undefined ? missing : this.flag(name);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T {
    const value = this.values[name];
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.wrong(name, `one of ${choices.join(', ')}`);
    return found;
  }

  /** @param missing what a file means that was written before there was such a field */
  oneOfOr<T extends string>(name: string, choices: readonly T[], missing: T): T {
    return this.values[name] === undefined ? missing : this.oneOf(name, choices);
  }

  vector(name: string): Vec3 {
    const value = this.values[name];
    const parts: readonly unknown[] = Array.isArray(value) ? value : [];
    const [x, y, z] = parts;
    const isNumber = (part: unknown): part is number => typeof part === 'number' && Math.abs(part) <= LARGEST;
    if (parts.length !== 3 || !isNumber(x) || !isNumber(y) || !isNumber(z))
      throw this.wrong(name, 'three numbers');
    return [x, y, z];
  }

  /** All of them, when all are texts. */
  texts(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.values).map((name) => [name, this.text(name)]));
  }

  object(name: string): Fields {
    return new Fields(`${this.where}.${name}`, this.values[name]);
  }

  objectOrNull(name: string): Fields | null {
    return this.values[name] === null ? null : this.object(name);
  }
}

/** @param read one entry of the list @throws ShareError */
export function readList<T>(where: string, value: unknown, read: (entry: Fields) => T): T[] {
  if (!Array.isArray(value) || value.length > MOST_ENTRIES)
    throw new ShareError('damaged', where, `must be a list of at most ${MOST_ENTRIES} entries`);
  return value.map((entry: unknown, i) => read(new Fields(`${where}[${i}]`, entry)));
}
