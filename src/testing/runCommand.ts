/** Runs a command of the command line in this process and catches what it prints. */

import { Arguments, type Command } from '../cli/command.ts';
import { Terminal } from '../cli/terminal.ts';

export interface CommandOutcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Every stdout line parsed as JSON; throws when one is not. */
  json(): Record<string, unknown>[];
}

/** @throws whatever the command throws: `main` turns that into exit codes */
export async function runCommand(
  command: Command,
  argv: readonly string[],
  signal = new AbortController().signal,
): Promise<CommandOutcome> {
  let out = '';
  let err = '';
  const streams = {
    out: { write: (text: string) => (out += text) },
    err: { write: (text: string) => (err += text) },
  };
  const args = Arguments.parse(argv, command.options);
  const code = await command.run(args, new Terminal(streams, args.flag('json'), signal));
  const json = () =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, out, err, json };
}
