/** What a command is, and typed access to its arguments over node:util's parser. */

import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { BackendName } from '../engine/protocol.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = { ok: 0, failed: 1, usage: 2, noBackend: 3, cancelled: 130 } as const;

/** A wrong command line: exit code 2 and a pointer to the help. */
export class UsageError extends Error {}

type OptionSpec = NonNullable<ParseArgsConfig['options']>;

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** After "po3ad NAME ". */
  readonly synopsis: string;
  /** Lines that explain the options. */
  readonly help: readonly string[];
  readonly options: OptionSpec;
  /** @returns exit code */
  readonly run: (args: Arguments, terminal: Terminal) => Promise<number>;
}

/** Options every command takes. */
const COMMON_OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  backend: { type: 'string' },
} as const satisfies OptionSpec;

interface NumberRange {
  readonly min: number;
  readonly max?: number;
}

/** The parsed command line. Every getter throws UsageError on what it cannot accept. */
export class Arguments {
  readonly positionals: readonly string[];
  private readonly values: Readonly<Record<string, unknown>>;

  private constructor(positionals: readonly string[], values: Readonly<Record<string, unknown>>) {
    this.positionals = positionals;
    this.values = values;
  }

  static parse(args: readonly string[], options: OptionSpec): Arguments {
    try {
      const parsed = parseArgs({
        args: [...args],
        options: { ...COMMON_OPTIONS, ...options },
        allowPositionals: true,
        strict: true,
      });
      return new Arguments(parsed.positionals, parsed.values);
    } catch (error) {
      // parseArgs explains itself: unknown option, missing value.
      throw new UsageError(error instanceof Error ? error.message : String(error));
    }
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === 'string' ? value : undefined;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined || value === '') throw new UsageError(`--${name} is needed`);
    return value;
  }

  /** At least one file or folder. */
  files(what: string): readonly string[] {
    if (this.positionals.length === 0) throw new UsageError(`${what} is needed`);
    return this.positionals;
  }

  onlyFile(what: string): string {
    const [first, ...rest] = this.files(what);
    if (rest.length > 0) throw new UsageError(`one ${what} at a time, not ${this.positionals.length}`);
    return first!;
  }

  number(name: string, range: NumberRange): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    const { min, max = Number.POSITIVE_INFINITY } = range;
    if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max)
      throw new UsageError(`--${name} must be a number ${describeRange(range)}, not "${text}"`);
    return value;
  }

  integer(name: string, range: NumberRange): number | undefined {
    const value = this.number(name, range);
    if (value !== undefined && !Number.isSafeInteger(value))
      throw new UsageError(`--${name} must be a whole number, not "${this.text(name)}"`);
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new UsageError(`--${name} must be ${choices.join(' or ')}, not "${text}"`);
    return found;
  }

  backend(): BackendName | 'auto' {
    return this.oneOf('backend', ['webgpu', 'wasm', 'auto'] as const) ?? 'auto';
  }
}

function describeRange({ min, max }: NumberRange): string {
  return max === undefined ? `from ${min} up` : `from ${min} to ${max}`;
}
