import { randomUUID } from 'node:crypto';
import type { ConnectivityProbe, Gap, NodeCommandOutput, Reading } from '../../domain/evidence.ts';
import { nodeCommands } from '../../domain/node-command.ts';
import type { Clock } from '../../ports/clock.ts';
import { type EvidenceRequest, type EvidenceSource, type ProbeWish, readAll, unreadable } from '../../ports/evidence-source.ts';
import { isReachable, reachScriptFor, scriptFor } from './remote-script.ts';
import { splitOutput } from './split-output.ts';
import { runOverSsh, type SshOutcome, type SshSettings } from './ssh-session.ts';

/** Looks at nodes over the system's ssh with a fixed list of read-only commands. Only used where a flag or policy allows it. */
export function nodeProbeSource(settings: SshSettings, clock: Clock): EvidenceSource {
  const cost = { requests: 0, bytes: 0 };
  const run = async (node: string, script: string, signal: AbortSignal): Promise<SshOutcome> => {
    const outcome = await runOverSsh(node, script, settings, signal);
    cost.requests += 1;
    cost.bytes += outcome.state === 'ran' ? outcome.bytes : 0;
    return outcome;
  };
  return {
    name: 'node-probe',
    provides: ['node-commands', 'connectivity-probes'],
    permissions: nodeCommands.map(({ argv, shows }) => ({ resource: argv.join(' '), verbs: ['run'], why: shows })),
    identify: async () => ({ state: 'failed', attempted: 'find out about the cluster over ssh', happened: 'nodes know nothing of the whole', whatToDo: 'give a cluster or a recording as well' }),
    read: async (request, signal) => {
      const asked: EvidenceRequest = request;
      // The kind decides the form of the answer, which TypeScript cannot follow.
      if (asked.kind === 'node-commands') return (await readCommands(asked.nodes ?? [], run, clock, signal)) as never;
      if (asked.kind === 'connectivity-probes') return (await readProbes(asked.probes ?? [], run, clock, signal)) as never;
      return unreadable('not-configured', `ssh does not provide ${request.kind}`);
    },
    cost: () => ({ ...cost }),
    close: async () => undefined,
  };
}

type Run = (node: string, script: string, signal: AbortSignal) => Promise<SshOutcome>;

async function readCommands(nodes: readonly string[], run: Run, clock: Clock, signal: AbortSignal): Promise<Reading<'node-commands'>> {
  if (nodes.length === 0) return unreadable('not-asked', 'no node stands out, so none was looked at');
  const results = await Promise.all(nodes.map(async (node) => {
    const mark = `stanch-${randomUUID()}`;
    return { node, mark, outcome: await run(node, scriptFor(mark), signal) };
  }));
  const outputs: NodeCommandOutput[] = [];
  const gaps: Gap[] = [];
  for (const { node, mark, outcome } of results) {
    if (outcome.state === 'failed') {
      gaps.push({ what: `commands on ${node}`, because: outcome.because, detail: outcome.detail });
      continue;
    }
    const sections = splitOutput(outcome.output, mark);
    if (outcome.isCut) gaps.push({ what: `part of the commands on ${node}`, because: 'timed-out', detail: `${node} sent too much or took too long; ${sections.length} of ${nodeCommands.length} commands were read` });
    // A program that the node does not have is nothing that was looked at.
    outputs.push(...sections.filter((section) => section.exitStatus !== 127).map((section) => ({ node, command: section.id, at: clock.now(), exitStatus: section.exitStatus, output: section.output })));
  }
  const [first] = gaps;
  return outputs.length === 0 && first !== undefined ? unreadable(first.because, gaps.map((gap) => gap.detail).join('; ')) : readAll<'node-commands'>(clock.now(), outputs, gaps);
}

async function readProbes(wishes: readonly ProbeWish[], run: Run, clock: Clock, signal: AbortSignal): Promise<Reading<'connectivity-probes'>> {
  const usable = wishes.filter(isReachable);
  if (usable.length === 0) return unreadable('not-asked', 'no failing connection is known that could be tried again');
  const nodes = [...new Set(usable.map((wish) => wish.node))];
  const results = await Promise.all(nodes.map(async (node) => {
    const targets = usable.filter((wish) => wish.node === node);
    const mark = `stanch-${randomUUID()}`;
    return { node, targets, mark, outcome: await run(node, reachScriptFor(mark, targets), signal) };
  }));
  const probes: ConnectivityProbe[] = [];
  const gaps: Gap[] = [];
  for (const { node, targets, mark, outcome } of results) {
    if (outcome.state === 'failed') {
      gaps.push({ what: `connections from ${node}`, because: outcome.because, detail: outcome.detail });
      continue;
    }
    for (const section of splitOutput(outcome.output, mark)) {
      const target = targets[Number(section.id)];
      if (target === undefined || section.exitStatus === 127) continue;
      probes.push({ from: { kind: 'node', name: node }, host: target.host, port: target.port, protocol: 'tcp', outcome: outcomeOf(section.exitStatus, section.output), detail: section.output.split('\n')[0]?.slice(0, 200) ?? '', at: clock.now() });
    }
  }
  const [first] = gaps;
  return probes.length === 0 && first !== undefined ? unreadable(first.because, gaps.map((gap) => gap.detail).join('; ')) : readAll<'connectivity-probes'>(clock.now(), probes, gaps);
}

/** Exit statuses of nc, curl and timeout, and their words. Anything else only says that it failed. */
function outcomeOf(exitStatus: number | undefined, output: string): ConnectivityProbe['outcome'] {
  if (/refused/i.test(output)) return 'refused';
  if (/(could not resolve|name or service not known|bad address|getaddrinfo)/i.test(output)) return 'name-not-resolved';
  if (/(no route to host|unreachable)/i.test(output)) return 'unreachable';
  if (exitStatus === 124 || exitStatus === 28 || /(timed out|operation in progress)/i.test(output)) {
    // curl keeps a telnet connection open until its time is over: connected, and silent.
    return exitStatus === 28 && !/connection timed out|connect/i.test(output) ? 'connected' : 'timed-out';
  }
  return exitStatus === 0 ? 'connected' : 'failed';
}
