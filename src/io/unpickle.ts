/**
 * Reads Python pickles (protocols 2 to 5) as data: nothing of the file is ever executed. Names of classes
 * and functions go through the caller's allow-list; what is not on it stops the reading.
 */

import { FormatError } from '../core/errors.ts';

/** A class or function the pickle names, e.g. `collections.OrderedDict`. */
export class PickleGlobal {
  /** "module.name" */
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }
}

/** Python dicts and OrderedDicts are Maps; lists and tuples arrays; bytes Uint8Array; None null. */
export type PickleValue = unknown;

export interface PickleRules {
  /** Whether the pickle may name this class or function. */
  readonly allowed: (path: string) => boolean;
  /** What calling it yields. */
  readonly call: (path: string, args: readonly PickleValue[]) => PickleValue;
  /** What a persistent id (PyTorch: a storage) stands for. */
  readonly load: (id: PickleValue) => PickleValue;
}

/** Marks the place on the stack where a group of values begins. */
const MARK = Symbol('mark');

/**
 * @param start byte of the pickle's first opcode
 * @returns the value, and the byte behind the pickle
 * @throws FormatError at the opcode that is damaged, unknown or not allowed
 */
export function unpickle(
  file: string,
  bytes: Uint8Array,
  start: number,
  rules: PickleRules,
): { value: PickleValue; end: number } {
  const machine = new PickleMachine(file, bytes, start, rules);
  return { value: machine.run(), end: machine.at };
}

class PickleMachine {
  at: number;
  private readonly file: string;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly rules: PickleRules;
  private readonly stack: PickleValue[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(file: string, bytes: Uint8Array, start: number, rules: PickleRules) {
    this.file = file;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.rules = rules;
  }

  run(): PickleValue {
    for (;;) {
      const opcode = this.byte();
      if (opcode === 0x2e) return this.pop();
      if (!(this.pushConstant(opcode) || this.pushData(opcode) || this.build(opcode) || this.other(opcode)))
        throw this.fail(`pickle opcode 0x${opcode.toString(16)} is not supported`);
    }
  }

  /** Opcodes without an argument that push a constant or an empty container. */
  private pushConstant(opcode: number): boolean {
    switch (opcode) {
      case 0x4e: // NONE
        return this.push(null);
      case 0x88: // NEWTRUE
        return this.push(true);
      case 0x89: // NEWFALSE
        return this.push(false);
      case 0x7d: // EMPTY_DICT
        return this.push(new Map());
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        return this.push([]);
      case 0x28: // MARK
        return this.push(MARK);
      default:
        return false;
    }
  }

  /** Opcodes that push a number, text or bytes from the file. */
  private pushData(opcode: number): boolean {
    switch (opcode) {
      case 0x4b: // BININT1
        return this.push(this.byte());
      case 0x4d: // BININT2
        return this.push(this.view.getUint16(this.take(2), true));
      case 0x4a: // BININT
        return this.push(this.view.getInt32(this.take(4), true));
      case 0x8a: // LONG1
        return this.push(this.long(this.byte()));
      case 0x8b: // LONG4
        return this.push(this.long(this.uint32()));
      case 0x47: // BINFLOAT
        return this.push(this.view.getFloat64(this.take(8), false));
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        return this.push(this.text(this.byte()));
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        return this.push(this.text(this.uint32()));
      case 0x43: // SHORT_BINBYTES
        return this.push(this.slice(this.byte()));
      case 0x42: // BINBYTES
        return this.push(this.slice(this.uint32()));
      default:
        return false;
    }
  }

  /** Opcodes that put containers together. */
  private build(opcode: number): boolean {
    switch (opcode) {
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.push(this.popMany(opcode - 0x84));
      case 0x74: // TUPLE
      case 0x6c: // LIST
        return this.push(this.popToMark());
      case 0x61: // APPEND
        return this.append([this.pop()]);
      case 0x65: // APPENDS
        return this.append(this.popToMark());
      case 0x64: // DICT
        return this.push(this.setItems(new Map(), this.popToMark()));
      case 0x73: // SETITEM
        return this.setItemsOnTop(this.popMany(2));
      case 0x75: // SETITEMS
        return this.setItemsOnTop(this.popToMark());
      default:
        return false;
    }
  }

  /** Opcodes of the memo, of classes, and the frame around all. */
  private other(opcode: number): boolean {
    switch (opcode) {
      case 0x80: // PROTO
        this.take(1);
        return true;
      case 0x95: // FRAME
        this.take(8);
        return true;
      case 0x71: // BINPUT
        return this.remember(this.byte());
      case 0x72: // LONG_BINPUT
        return this.remember(this.uint32());
      case 0x94: // MEMOIZE
        return this.remember(this.memo.size);
      case 0x68: // BINGET
        return this.push(this.recall(this.byte()));
      case 0x6a: // LONG_BINGET
        return this.push(this.recall(this.uint32()));
      case 0x63: // GLOBAL
        return this.pushGlobal(this.line(), this.line());
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.popMany(2);
        return this.pushGlobal(module, name);
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [callee, args] = this.popMany(2);
        return this.push(this.call(callee, args));
      }
      case 0x62: // BUILD: attributes of an object, such as a state dict's _metadata
        this.pop();
        return true;
      case 0x51: // BINPERSID
        return this.push(this.rules.load(this.pop()));
      default:
        return false;
    }
  }

  private push(value: PickleValue): true {
    this.stack.push(value);
    return true;
  }

  private pop(): PickleValue {
    const value = this.stack.pop();
    if (value === undefined || value === MARK) throw this.fail('the pickle is damaged: nothing on its stack');
    return value;
  }

  private popMany(count: number): PickleValue[] {
    const values = Array.from({ length: count }, () => this.pop());
    return values.reverse();
  }

  private popToMark(): PickleValue[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.fail('the pickle is damaged: a mark is missing');
    const values = this.stack.splice(mark);
    values.shift();
    return values;
  }

  private append(values: readonly PickleValue[]): true {
    const list = this.stack.at(-1);
    if (!Array.isArray(list)) throw this.fail('the pickle is damaged: a list is missing');
    for (const value of values) list.push(value);
    return true;
  }

  private setItemsOnTop(items: readonly PickleValue[]): true {
    const dict = this.stack.at(-1);
    if (!(dict instanceof Map)) throw this.fail('the pickle is damaged: a dict is missing');
    this.setItems(dict, items);
    return true;
  }

  private setItems(dict: Map<PickleValue, PickleValue>, items: readonly PickleValue[]): typeof dict {
    for (let i = 0; i + 1 < items.length; i += 2) dict.set(items[i], items[i + 1]);
    return dict;
  }

  private remember(key: number): true {
    this.memo.set(key, this.stack.at(-1));
    return true;
  }

  private recall(key: number): PickleValue {
    const value = this.memo.get(key);
    if (value === undefined) throw this.fail(`the pickle is damaged: memo ${key} is empty`);
    return value;
  }

  private pushGlobal(module: PickleValue, name: PickleValue): true {
    const path = `${String(module)}.${String(name)}`;
    if (!this.rules.allowed(path))
      throw this.fail(`the file wants to use ${path}, which is not allowed when importing weights`);
    return this.push(new PickleGlobal(path));
  }

  private call(callee: PickleValue, args: PickleValue): PickleValue {
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args))
      throw this.fail('the pickle is damaged: it calls what is no function');
    return this.rules.call(callee.path, args);
  }

  /** Little-endian two's complement of any length; PyTorch's are counts and its magic number. */
  private long(length: number): number | bigint {
    const digits = this.slice(length);
    let value = 0n;
    for (let i = digits.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!);
    const signed = BigInt.asIntN(digits.length * 8, value);
    return BigInt(Number(signed)) === signed ? Number(signed) : signed;
  }

  private byte(): number {
    return this.bytes[this.take(1)]!;
  }

  private uint32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  private text(length: number): string {
    return new TextDecoder().decode(this.slice(length));
  }

  private slice(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** Text up to a newline. */
  private line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) throw this.fail('the pickle is cut off');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }

  /** @returns the byte where `length` bytes begin that are now used up */
  private take(length: number): number {
    if (this.at + length > this.bytes.length) throw this.fail('the pickle is cut off');
    const start = this.at;
    this.at += length;
    return start;
  }

  private fail(why: string): FormatError {
    return new FormatError(this.file, `pickle byte ${this.at}`, why);
  }
}
