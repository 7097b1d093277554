import { nodeCommands } from '../../domain/node-command.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EvidenceRequest, type EvidenceSource, unreadable } from '../../ports/evidence-source.ts';
import type { ProbeAccess } from './probing.ts';
import { readCommands } from './read-commands.ts';
import { readConnections } from './read-connections.ts';

/** Looks at nodes with a fixed list of read-only commands, and tries connections from nodes and pods. */
export function nodeProbeSource(access: ProbeAccess, clock: Clock): EvidenceSource {
  const cost = { requests: 0, bytes: 0 };
  const count = (bytes: number): void => {
    cost.requests += 1;
    cost.bytes += bytes;
  };
  return {
    name: 'node-probe',
    provides: ['node-commands', 'connectivity-probes'],
    permissions: nodeCommands.map(({ argv, shows }) => ({ resource: argv.join(' '), verbs: ['run'], why: shows })),
    identify: () =>
      Promise.resolve({
        state: 'failed',
        attempted: 'asking nodes about the cluster',
        happened: 'nodes know nothing of the whole',
        whatToDo: 'give a cluster or a recording as well',
      }),
    read: async (request, signal) => {
      const asked: EvidenceRequest = request;
      // The kind decides the form of the answer, which TypeScript cannot follow.
      if (asked.kind === 'node-commands') return (await readCommands(asked.nodes ?? [], { access, clock, count }, signal)) as never;
      if (asked.kind === 'connectivity-probes')
        return (await readConnections(asked.probes ?? [], { access, clock, count }, signal)) as never;
      return unreadable('not-configured', `nodes do not tell ${request.kind}`);
    },
    cost: () => ({ ...cost }),
    close: async () => access.nodes?.close(),
  };
}
