import { type Citation, type Claim, citeNodeCommand, claim } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeEnd, crashedContainers } from './container-evidence.ts';
import { limitOf, memoryOf } from './container-metrics.ts';
import { citeEvent, recentEvents } from './event-index.ts';
import type { MetricResult } from './evidence.ts';
import type { Weight } from './failure-mode.ts';
import { type Instant, millisecondsPerHour } from './instant.ts';
import type { Node } from './kubernetes/node.ts';
import type { Terminated } from './kubernetes/pod-template.ts';
import type { Event } from './kubernetes/workload.ts';
import type { LogClue } from './log-clue.ts';
import type { NodeReport } from './node-report.ts';
import { containerOf, type Replica } from './replica.ts';
import type { Sighting } from './sightings.ts';

export interface MemoryKillSighting extends Sighting {
  readonly container: string;
  readonly weight: Weight;
  /** heap: the runtime's own memory was full before the kernel had to act. child: a process that the container's first had started. */
  readonly victim: 'container' | 'heap' | 'child';
  readonly against: readonly Claim[];
}

export interface MemoryKillFacts {
  readonly now: Instant;
  readonly nodes: Collection<Node> | undefined;
  readonly events: Collection<Event> | undefined;
  readonly 'node-reports': readonly NodeReport[] | undefined;
  readonly 'log-clues': readonly LogClue[] | undefined;
  readonly metrics: readonly MetricResult[] | undefined;
}

/** Containers of the replica that ended because their memory did not suffice. */
export function memoryKills(replica: Replica, facts: MemoryKillFacts): readonly MemoryKillSighting[] {
  const isTroubled = replica.troubles.length > 0 || isKilledAgainAndAgain(replica, facts.now);
  const ended = isTroubled
    ? [...killed(replica, facts), ...killedAtStart(replica, facts), ...ownHeap(replica, facts['log-clues'] ?? [])]
    : [];
  return [...ended, ...killedChildren(replica, facts).filter(({ container }) => !ended.some((each) => each.container === container))];
}

/** Three kills are no accident, and at a pace of several a day somebody notices each of them. */
const repeatedKills = 3;
const killPaceMilliseconds = 12 * millisecondsPerHour;

/** The last end of each container of a replica that is killed again and again, however long ago within its pace. */
function endsAtAPace(
  replica: Replica,
  now: Instant,
): readonly { readonly container: string; readonly end: Terminated; readonly since: Instant | undefined }[] {
  if (!isKilledAgainAndAgain(replica, now)) return [];
  return replica.pod.status.containerStatuses.flatMap(({ name, lastState }) =>
    lastState.terminated?.reason === 'OOMKilled'
      ? [{ container: name, end: lastState.terminated, since: lastState.terminated.finishedAt }]
      : [],
  );
}

/** Killed at a steady pace, although it looks healthy between two kills. */
export function isKilledAgainAndAgain({ pod }: Replica, now: Instant): boolean {
  return pod.status.containerStatuses.some((status) => {
    const last = status.lastState.terminated;
    const startedAt = pod.status.startTime ?? pod.metadata.creationTimestamp;
    if (
      last?.reason !== 'OOMKilled' ||
      last.finishedAt === undefined ||
      startedAt === undefined ||
      (status.restartCount ?? 0) < repeatedKills
    )
      return false;
    const pace = (last.finishedAt - startedAt) / (status.restartCount ?? 1);
    return pace <= killPaceMilliseconds && now - last.finishedAt <= 2 * millisecondsPerHour;
  });
}

function killed(replica: Replica, facts: MemoryKillFacts): readonly MemoryKillSighting[] {
  const crashed = crashedContainers(replica);
  return (crashed.length > 0 ? crashed : endsAtAPace(replica, facts.now)).flatMap(({ container, end, since }) => {
    if (containerOf(replica.pod, container)?.resources.limits['memory'] === undefined) return [];
    const kernel = end.exitCode === 137 ? kernelSays(replica, facts['node-reports'] ?? [], end.finishedAt) : [];
    if (end.reason !== 'OOMKilled' && kernel.length === 0) return [];
    const against = machineRanOut(replica, facts);
    return [
      {
        replica,
        container,
        since,
        victim: 'container',
        against,
        weight: against.length > 0 ? 'suggestive' : 'conclusive',
        citations: [citeEnd(replica.pod, container), ...kernel],
      },
    ];
  });
}

/** runc, when the first process of a container or of its sandbox is killed before the program begins. */
const initWasKilled = /container init was OOM-killed/;

/** The limit is below what it takes to start anything at all, often for a unit that was meant otherwise ("512m" is half a byte). */
function killedAtStart(replica: Replica, { events, now }: MemoryKillFacts): readonly MemoryKillSighting[] {
  const { pod } = replica;
  const base = { replica, victim: 'container', against: [], weight: 'conclusive', since: replica.failingSince } as const;
  const told = crashedContainers(replica)
    .filter(({ end }) => initWasKilled.test(end.message ?? ''))
    .map(({ container }) => ({ ...base, container, citations: [citeEnd(pod, container)] as const }));
  const sandbox = recentEvents(events, pod, now).find(
    ({ reason, message }) => reason === 'FailedCreatePodSandBox' && initWasKilled.test(message ?? ''),
  );
  const limited = pod.spec.containers.find(({ resources }) => resources.limits['memory'] !== undefined);
  return sandbox === undefined || limited === undefined || told.length > 0
    ? told
    : [{ ...base, container: limited.name, citations: [citeEvent(sandbox)] as const }];
}

/** The kernel names the pod in the path of the control group whose limit was reached. */
function kernelSays(replica: Replica, reports: readonly NodeReport[], at: Instant | undefined): readonly Citation[] {
  const { uid } = replica.pod.metadata;
  return reports
    .flatMap((report) =>
      report.memoryKills
        .filter(
          (kill) =>
            kill.scope === 'container' &&
            uid !== undefined &&
            kill.podUid === uid &&
            (kill.at === undefined || at === undefined || Math.abs(kill.at - at) < millisecondsPerHour),
        )
        .map((kill) => citeNodeCommand(report.node, kill.command, kill.line.slice(0, 200))),
    )
    .slice(0, 1);
}

/** A supervisor that saw this many of its workers die has more than a single accident. */
const telltaleChildren = 2;
/** So near to its limit the kernel has no other choice than to kill. */
const fullShare = 0.9;

/**
 * The kernel kills one process of the control group. Where that is a worker and not the first process, the container goes
 * on, and neither its status nor its restarts tell: only its supervisor does. Supervisors send the same signal themselves
 * to workers that hang, so the memory must have been full, or the kernel must say so.
 */
function killedChildren(replica: Replica, facts: MemoryKillFacts): readonly MemoryKillSighting[] {
  const told = (facts['log-clues'] ?? []).filter((clue) => clue.kind === 'child-killed' && clue.replica === replica);
  return [...new Map(told.map((clue) => [clue.container, clue])).values()].flatMap((clue) => {
    const { container } = clue;
    const limit = limitOf(replica, container, 'memory');
    if (limit === undefined || clue.count < telltaleChildren) return [];
    const memory = memoryOf({ replica, container }, facts.metrics);
    const highest = memory === undefined ? undefined : Math.max(...memory.points.map(({ value }) => value));
    if (highest !== undefined && highest < limit * fullShare) return [];
    const kernel = kernelSays(replica, facts['node-reports'] ?? [], undefined);
    const isShown = highest !== undefined || kernel.length > 0;
    return [
      {
        replica,
        container,
        since: replica.failingSince ?? clue.at,
        victim: 'child',
        against: [],
        weight: isShown ? 'strong' : 'suggestive',
        citations: [clue.citation, ...(memory === undefined ? [] : [memory.citation]), ...kernel],
      },
    ];
  });
}

function machineRanOut(replica: Replica, facts: MemoryKillFacts): readonly Claim[] {
  const node = facts.nodes?.named(undefined, replica.pod.spec.nodeName);
  if (node === undefined) return [];
  const told = recentEvents(facts.events, node, facts.now).find((event) => event.reason === 'SystemOOM');
  return told === undefined ? [] : [claim(`${node.metadata.name} as a whole ran out of memory at that time.`, citeEvent(told))];
}

/** Runtimes with a heap of their own end before the kernel has to; the cure is the same. */
function ownHeap(replica: Replica, clues: readonly LogClue[]): readonly MemoryKillSighting[] {
  return crashedContainers(replica).flatMap(({ container, end, since }) => {
    const said = clues.find(
      (clue) => clue.kind === 'out-of-memory' && clue.replica === replica && clue.container === container && clue.isNearEnd,
    );
    return said === undefined || end.reason === 'OOMKilled'
      ? []
      : [
          {
            replica,
            container,
            since,
            victim: 'heap',
            against: [],
            weight: 'strong' as const,
            citations: [said.citation, citeEnd(replica.pod, container)],
          },
        ];
  });
}
