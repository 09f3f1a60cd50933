/** `po3ad devices`: which backends this machine has, and which one a command would take. */

import { toErrorValue } from '../../core/errors.ts';
import type { BackendName } from '../../engine/protocol.ts';
import { type Command, EXIT } from '../command.ts';
import { openSession } from '../engine.ts';
import { describeError } from '../terminal.ts';

export const devices: Command = {
  name: 'devices',
  summary: 'Lists the backends of this machine.',
  synopsis: '[--json]',
  help: [
    'One JSON object a backend: backend, available, adapter, software, note. The default is webgpu on a GPU, else wasm.',
  ],
  options: {},
  async run(_args, terminal) {
    for (const backend of ['webgpu', 'wasm'] as const satisfies readonly BackendName[]) {
      terminal.throwIfCancelled();
      try {
        const session = await openSession(backend);
        const { adapter, software, note } = session.info;
        session.dispose();
        const kind = software ? 'software' : 'hardware';
        terminal.result(
          { backend, available: true, adapter, software, note },
          () => `${backend}: ${adapter} (${kind})`,
        );
      } catch (error) {
        const note = describeError(toErrorValue(error));
        terminal.result(
          { backend, available: false, adapter: null, software: null, note },
          () => `${backend}: ${note}`,
        );
      }
    }
    return EXIT.ok;
  },
};
