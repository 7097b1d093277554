import { randomUUID } from 'node:crypto';
import type { Gap, NodeCommandOutput, Reading } from '../../domain/evidence.ts';
import { nodeCommands } from '../../domain/node-command.ts';
import { readAll, unreadable } from '../../ports/evidence-source.ts';
import type { Probing } from './probing.ts';
import { scriptFor } from './remote-script.ts';
import { splitOutput } from './split-output.ts';

/** The whole list on each of these nodes. */
export async function readCommands(
  nodes: readonly string[],
  { access, clock, count }: Probing,
  signal: AbortSignal,
): Promise<Reading<'node-commands'>> {
  if (nodes.length === 0) return unreadable('not-asked', 'no node stands out, so none was looked at');
  const shell = access.nodes;
  if (shell === undefined)
    return unreadable(
      'not-asked',
      `no flag allowed it to run the read-only commands on ${nodes.join(' and ')} that would show units, journals, service rules, disks and clocks of ${nodes.length > 1 ? 'a bad and a good node' : 'the node'}`,
    );
  const results = await Promise.all(
    nodes.map(async (node) => {
      const mark = `stanch-${randomUUID()}`;
      const outcome = await shell.run(node, scriptFor(mark), signal);
      count(outcome.state === 'ran' ? outcome.bytes : 0);
      return { node, mark, outcome };
    }),
  );
  const outputs: NodeCommandOutput[] = [];
  const gaps: Gap[] = [];
  for (const { node, mark, outcome } of results) {
    if (outcome.state === 'failed') {
      gaps.push({ what: `commands on ${node}`, because: outcome.because, detail: outcome.detail });
      continue;
    }
    const sections = splitOutput(outcome.output, mark);
    if (outcome.isCut)
      gaps.push({
        what: `part of the commands on ${node}`,
        because: 'timed-out',
        detail: `${node} sent too much or took too long; ${sections.length} of ${nodeCommands.length} commands were read`,
      });
    // A program that the node does not have is nothing that was looked at.
    outputs.push(
      ...sections
        .filter((section) => section.exitStatus !== 127)
        .map((section) => ({
          node,
          command: section.id,
          at: clock.now(),
          exitStatus: section.exitStatus,
          output: section.id === 'mounts' ? withoutMounts(section.output, shell.ownMounts) : section.output,
        })),
    );
  }
  const [first] = gaps;
  return outputs.length === 0 && first !== undefined
    ? unreadable(first.because, gaps.map((gap) => gap.detail).join('; '))
    : readAll<'node-commands'>(clock.now(), outputs, gaps);
}

function withoutMounts(listing: string, mountPoints: readonly string[]): string {
  return mountPoints.length === 0
    ? listing
    : listing
        .split('\n')
        .filter((line) => !mountPoints.includes(line.split(' ')[1] ?? ''))
        .join('\n');
}
