import { type Citation, citeObject } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeCondition } from './container-evidence.ts';
import { citeEvent, recentEvents } from './event-index.ts';
import type { Finding, Weight } from './failure-mode.ts';
import { type Instant, millisecondsPerHour } from './instant.ts';
import type { Node } from './kubernetes/node.ts';
import type { Event } from './kubernetes/workload.ts';
import { allUnhealthyConditions } from './node-conditions.ts';
import { spokenBytes, spokenCores } from './quantity.ts';
import type { Replicas } from './replica.ts';
import { parseSchedulerMessage, type RuledOut, type SchedulingCause } from './scheduler-message.ts';
import { bindingCauses, type Believed } from './scheduling-cause.ts';
import type { Obstacle, SchedulingVerdict } from './scheduling.ts';
import { type AtLeastOne, byWorkload, claimOfAll, countOf, findingOf, type Sighting } from './sightings.ts';
import { shellCommand } from './shell-word.ts';

/** A replica that no node takes, for one of the causes that keep it waiting. */
export interface Unscheduled extends Sighting {
  readonly cause: SchedulingCause;
  readonly weight: Weight;
  /** What the scheduler itself says of this cause. */
  readonly told: readonly RuledOut[];
  /** Obstacles of this kind, by node. Empty: not recomputed. */
  readonly obstacles: readonly { readonly node: string; readonly obstacle: Obstacle }[];
}

export interface SchedulingFacts {
  readonly now: Instant;
  readonly replicas: Replicas;
  readonly scheduling: readonly SchedulingVerdict[] | undefined;
  readonly nodes: Collection<Node> | undefined;
  readonly events: Collection<Event> | undefined;
}

/** Replicas that wait for a node because of this, as far as the scheduler says so or the recomputation shows it. */
export function waitingBecause(cause: SchedulingCause, facts: SchedulingFacts): readonly Unscheduled[] {
  const verdicts = new Map((facts.scheduling ?? []).map((verdict) => [verdict.pod, verdict]));
  return facts.replicas.failing.flatMap((replica) => {
    const trouble = replica.troubles.find((each) => each.kind === 'unscheduled');
    if (trouble === undefined || replica.pod.spec.schedulingGates.length > 0) return [];
    const events =
      trouble.message === undefined
        ? recentEvents(facts.events, replica.pod, facts.now).filter((event) => event.reason === 'FailedScheduling')
        : [];
    const verdict = verdicts.get(replica.pod);
    const judged = judge(trouble.message ?? events[0]?.message ?? '', verdict, facts);
    const shared = judged.causes.some((each) => each.cause === cause) ? partsOf(judged, cause, { verdict, nodes: facts.nodes }) : undefined;
    return shared === undefined
      ? []
      : [
          {
            ...shared.parts,
            replica,
            citations: [citeCondition(replica.pod, 'PodScheduled'), ...events.slice(0, 1).map(citeEvent), ...shared.cited],
          },
        ];
  });
}

/** What all pods of one template have in common: they wait for the same nodes with the same words. */
interface Judged {
  readonly told: readonly RuledOut[];
  readonly causes: readonly Believed[];
  readonly parts: Map<SchedulingCause, Shared>;
}

interface Shared {
  readonly parts: Pick<Unscheduled, 'cause' | 'weight' | 'told' | 'obstacles'>;
  readonly cited: readonly Citation[];
}

const judgements = new WeakMap<SchedulingVerdict['nodes'], Map<string, Judged>>();

/** Worked out once per template and message: thousands of replicas may wait for thousands of nodes. */
function judge(message: string, verdict: SchedulingVerdict | undefined, facts: SchedulingFacts): Judged {
  const known = verdict === undefined ? undefined : (judgements.get(verdict.nodes) ?? new Map<string, Judged>());
  const before = known?.get(message);
  if (before !== undefined) return before;
  const told = parseSchedulerMessage(message);
  const judged: Judged = { told, causes: weighedByCordon(bindingCauses(told, verdict), verdict, facts), parts: new Map() };
  known?.set(message, judged);
  if (verdict !== undefined && known !== undefined) judgements.set(verdict.nodes, known);
  return judged;
}

/** Somebody who cordoned within the last hours is at work; an older cordon alone explains nothing new. */
const recentCordonMilliseconds = 2 * millisecondsPerHour;

/**
 * Where the open nodes are full and cordoned ones would do, the cordon is the cause if it is what changed just now, or if
 * whole nodes behind it have room for all that wait: then nothing needs to be bought or taken away.
 */
function weighedByCordon(
  causes: readonly Believed[],
  verdict: SchedulingVerdict | undefined,
  { now, nodes }: SchedulingFacts,
): readonly Believed[] {
  const shut = causes.find((each) => each.cause === 'cordon' && each.weight === 'suggestive');
  const behind = (shut?.nodes ?? []).flatMap((name) => nodes?.named(undefined, name) ?? []);
  const isRecent = behind.some((node) => {
    const at = cordonedAt(node);
    return at !== undefined && now - at < recentCordonMilliseconds;
  });
  const isShortage = causes[0]?.cause === 'resources';
  const isCure = isShortage && verdict?.isCuredByOpening === true && behind.length > 0 && behind.every(isWhole);
  return !isRecent && !isCure
    ? causes
    : causes.map((each) =>
        each === shut
          ? { ...each, weight: 'strong' }
          : each.weight === 'conclusive' || each.weight === 'strong'
            ? { ...each, weight: 'suggestive' }
            : each,
      );
}

/** Nothing says that it was cordoned because it is ill or about to go. */
function isWhole(node: Node): boolean {
  return node.metadata.deletionTimestamp === undefined && allUnhealthyConditions(node).length === 0;
}

/** The taint is set in the same moment as the cordon and carries its time; else the last write of the field does. Absent: not told. */
export function cordonedAt(node: Node | undefined): Instant | undefined {
  const taint = node?.spec.taints.find((each) => each.key === 'node.kubernetes.io/unschedulable');
  const writes = (node?.metadata.managedFields ?? []).flatMap((field) =>
    field.at !== undefined && field.paths.includes('spec.unschedulable') ? [field.at] : [],
  );
  return taint?.timeAdded ?? (writes.length === 0 ? undefined : Math.max(...writes));
}

/** Four nodes show what the others are like. */
const shownNodes = 4;

function partsOf(
  judged: Judged,
  cause: SchedulingCause,
  seen: { readonly verdict: SchedulingVerdict | undefined; readonly nodes: Collection<Node> | undefined },
): Shared | undefined {
  const known = judged.parts.get(cause);
  const believed = judged.causes.find((each) => each.cause === cause);
  if (known !== undefined || believed === undefined) return known;
  const kinds = new Set(believed.obstacles);
  const meant = new Set(believed.nodes);
  const obstacles = (seen.verdict?.nodes ?? [])
    .filter(({ node }) => meant.has(node))
    .flatMap(({ node, obstacles: all }) =>
      all
        .filter((each) => kinds.has(each.kind))
        .slice(0, 2)
        .map((obstacle) => ({ node, obstacle })),
    );
  const cited = obstacles.slice(0, shownNodes).flatMap(({ node, obstacle }): readonly Citation[] => {
    const found = seen.nodes?.named(undefined, node);
    return found === undefined ? [] : [citeObject(found, spokenObstacle(obstacle))];
  });
  const shared: Shared = {
    parts: { cause, weight: believed.weight, told: judged.told.filter((each) => each.cause === cause), obstacles },
    cited,
  };
  judged.parts.set(cause, shared);
  return shared;
}

/** One finding per workload. `says` completes "2 replicas wait for a node: …". */
export function unscheduledFindings(
  waiting: readonly Unscheduled[],
  says: (group: AtLeastOne<Unscheduled>) => string,
  more: (group: AtLeastOne<Unscheduled>) => Partial<Pick<Finding, 'contributing'>> = () => ({}),
): readonly Finding[] {
  return byWorkload(waiting).map((group) => {
    const { namespace, name } = group[0].replica.pod.metadata;
    return findingOf(group, {
      weight: group[0].weight,
      because: [claimOfAll(`${countOf(group)} of ${group[0].replica.workload.name} wait for a node: ${says(group)}.`, group)],
      wouldSettle: [shellCommand`kubectl -n ${namespace} describe pod ${name}`],
      ...more(group),
    });
  });
}

export function spokenObstacle(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'resources':
      return `${obstacle.resource}: ${spokenAmount(obstacle.resource, obstacle.requested)} asked for, ${spokenAmount(obstacle.resource, obstacle.free)} of ${spokenAmount(obstacle.resource, obstacle.allocatable)} free by requests`;
    case 'pod-slots':
      return `all ${obstacle.limit} pod slots are taken`;
    case 'cordoned':
      return 'spec.unschedulable: true';
    case 'taint':
      return `taint ${obstacle.key}${obstacle.value === '' ? '' : `=${obstacle.value}`}:${obstacle.effect} is not tolerated`;
    case 'node-selector':
    case 'node-affinity':
      return `its labels do not match ${obstacle.wanted}`;
    case 'volume-node-affinity':
      return `volume ${obstacle.volume} can only be had where ${obstacle.wanted}`;
    case 'host-port':
      return `host port ${obstacle.port} is taken`;
    case 'topology-spread':
      return `one more would make the spread over ${obstacle.topologyKey} too uneven`;
    case 'pod-affinity':
      return 'no pod is there that it must be with';
    case 'pod-anti-affinity':
      return 'a pod is there that it must not be with';
    case 'not-ready':
      return 'the node is not ready';
  }
}

function spokenAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return spokenCores(amount);
  return resource === 'memory' || resource === 'ephemeral-storage' || resource.startsWith('hugepages-')
    ? spokenBytes(amount)
    : String(amount);
}
