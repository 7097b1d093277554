import { groupBy, once } from '../../domain/collection.ts';
import type { NodeCommandOutput } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/instant.ts';
import { nodeCommand, nodeCommandId } from '../../domain/node-command.ts';
import type { NodeReport } from '../../domain/node-report.ts';
import type { FactSource } from '../fact-source.ts';
import { parseCertificates } from '../node/certificates.ts';
import { parseClockOffset } from '../node/clock-offset.ts';
import { parseConnectionTracking } from '../node/connection-tracking.ts';
import { parseFileSystems } from '../node/file-systems.ts';
import { parseInterfaces } from '../node/interfaces.ts';
import { parseJournalFindings } from '../node/journal-findings.ts';
import { parseMemoryKills } from '../node/memory-kills.ts';
import { parsePodAddresses } from '../node/pod-addresses.ts';
import { type DemandedPort, demandedPorts, parseServiceRules } from '../node/service-rules.ts';
import { parseUnitStates } from '../node/unit-states.ts';

/**
 * What the commands on each node say. Outputs are recognised by what they look like, helped by the command where the
 * look is ambiguous, because recordings name their commands as people type them.
 */
export function deriveNodeReports(facts: FactSource): readonly NodeReport[] {
  const outputs = facts.get('node-commands') ?? [];
  const demanded = once(() => demandedPorts(facts.get('service-backends'), facts.get('endpointslices')));
  return [...groupBy(outputs, (output) => output.node)].map(([node, own]) =>
    reportOf(node, own, { now: facts.now, podCidr: facts.get('nodes')?.named(undefined, node)?.spec.podCIDR, demanded }),
  );
}

interface Surroundings {
  readonly now: Instant;
  readonly podCidr: string | undefined;
  readonly demanded: () => readonly DemandedPort[] | undefined;
}

function reportOf(node: string, recorded: readonly NodeCommandOutput[], around: Surroundings): NodeReport {
  const outputs = recorded.map((output) => ({ ...output, line: commandLine(output.command) }));
  type Output = (typeof outputs)[number];
  const each = <Item extends object>(parse: (output: Output) => readonly Item[]): readonly (Item & { readonly command: string })[] =>
    outputs.flatMap((output) => parse(output).map((item) => ({ ...item, command: output.command })));
  const one = <Item extends object>(parse: (output: Output) => Item | undefined): (Item & { readonly command: string }) | undefined =>
    each((output) => listOf(parse(output)))[0];
  return {
    node,
    units: each((output) => parseUnitStates(output.line, output.output, output.at ?? around.now)),
    memoryKills: distinctKills(each((output) => parseMemoryKills(output.output, output.at ?? around.now))),
    serviceRules: bestRules(each((output) => listOf(parseServiceRules(output.line, output.output, around.demanded())))),
    connectionTracking: parseConnectionTracking(outputs),
    fileSystems: each((output) => parseFileSystems(output.output)),
    clockOffsetSeconds: one((output) => boxed(parseClockOffset(output.line, output.output, output.at))),
    certificates: each((output) => parseCertificates(output.line, output.output)),
    podAddresses: one((output) => parsePodAddresses(output.line, output.output, around.podCidr)),
    interfaces: each((output) => parseInterfaces(output.output)),
    findings: each((output) => parseJournalFindings(output.output, output.at ?? around.now)),
  };
}

/** What was run: the words behind an id of the fixed list, or the text as the recording has it. */
function commandLine(command: string): string {
  return nodeCommand(nodeCommandId(command))?.argv.join(' ') ?? command;
}

function listOf<Item>(item: Item | undefined): readonly Item[] {
  return item === undefined ? [] : [item];
}

function boxed(value: number | undefined): { readonly value: number } | undefined {
  return value === undefined ? undefined : { value };
}

type Rules = NonNullable<NodeReport['serviceRules']>;

/** A listing says more than a count, and a count that can be compared with the demand more than one that cannot. */
function bestRules(rules: readonly Rules[]): Rules | undefined {
  return rules.find((each) => !each.isApproximate) ?? rules.find((each) => each.demanded !== undefined) ?? rules[0];
}

/** The kernel log and the journal tell of the same kill. */
function distinctKills(kills: NodeReport['memoryKills']): NodeReport['memoryKills'] {
  const seen = new Set<string>();
  return kills.filter((kill) => {
    const pid = /process (\d+)/.exec(kill.line)?.[1] ?? kill.line;
    const isNew = !seen.has(pid);
    seen.add(pid);
    return isNew;
  });
}
