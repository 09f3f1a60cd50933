/** The `po3ad` command: finds the command, runs it, turns its outcome into an exit code. */

import { CancelledError, NoWebGpuError, toErrorValue } from '../core/errors.ts';
import { Arguments, type Command, EXIT, UsageError } from './command.ts';
import { ablate } from './commands/ablate.ts';
import { devices } from './commands/devices.ts';
import { evaluate } from './commands/evaluate.ts';
import { fit } from './commands/fit.ts';
import { importModel } from './commands/importModel.ts';
import { info } from './commands/info.ts';
import { inspect } from './commands/inspect.ts';
import { synthesize } from './commands/synthesize.ts';
import { train } from './commands/train.ts';
import { describeError, Terminal } from './terminal.ts';

const COMMANDS: readonly Command[] = [
  inspect,
  fit,
  train,
  evaluate,
  ablate,
  synthesize,
  importModel,
  info,
  devices,
];

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    'po3ad: anomaly detection in 3D scans (PO3AD) on your GPU',
    '',
    'Usage: po3ad COMMAND [options]',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Every command takes --json (one JSON object a line on stdout) and --backend webgpu|wasm.',
    'po3ad COMMAND --help explains one. Progress and remarks go to stderr.',
    '',
    'Exit codes: 0 done, 1 something failed, 2 wrong command line, 3 the backend asked for is not',
    'there, 130 cancelled with Ctrl+C.',
  ].join('\n');
}

function helpOf({ name, synopsis, summary, help }: Command): string {
  return [`Usage: po3ad ${name} ${synopsis}`, '', summary, '', ...help].join('\n');
}

async function run(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const streams = { out: process.stdout, err: process.stderr };
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(`${overview()}\n`);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  let terminal = new Terminal(streams, argv.includes('--json'), signal);
  try {
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (command === undefined) throw new UsageError(`no command "${name}"`);
    const args = Arguments.parse(rest, command.options);
    terminal = new Terminal(streams, args.flag('json'), signal);
    if (args.flag('help')) {
      process.stdout.write(`${helpOf(command)}\n`);
      return EXIT.ok;
    }
    return await command.run(args, terminal);
  } catch (error) {
    return reportFailure(terminal, name, error);
  }
}

function reportFailure(terminal: Terminal, name: string, error: unknown): number {
  if (error instanceof UsageError) {
    terminal.note(`po3ad: ${error.message}\nSee: po3ad ${name} --help`);
    return EXIT.usage;
  }
  const value = toErrorValue(error);
  if (terminal.json) terminal.result({ error: value }, () => '');
  terminal.note(`po3ad ${name}: ${describeError(value)}`);
  // Unforeseen: whoever reports it needs the trace.
  if (value.kind === 'internal' && error instanceof Error && error.stack) terminal.note(error.stack);
  if (error instanceof CancelledError) return EXIT.cancelled;
  return error instanceof NoWebGpuError ? EXIT.noBackend : EXIT.failed;
}

/** A second Ctrl+C this much later ends the process at once; a terminal may deliver the first one twice. */
const IMPATIENCE_MS = 500;

function cancelOnSignals(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (first === 0) first = Date.now();
      else if (Date.now() - first > IMPATIENCE_MS) process.exit(EXIT.cancelled);
      controller.abort();
    });
  return controller.signal;
}

// `po3ad info ... | head` closes our stdout: nobody listens any more, which is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.ok);
  throw error;
});

const code = await run(process.argv.slice(2), cancelOnSignals());
// Dawn's threads would keep the process alive; what was written must be out before it ends.
await new Promise<void>((resolve) => {
  process.stdout.write('', () => resolve());
});
process.exit(code);
