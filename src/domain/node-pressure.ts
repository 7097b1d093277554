import { type Claim, citeObject, claim } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeEvent, isRecentEvent, lastSeenAt } from './event-index.ts';
import type { Finding } from './failure-mode.ts';
import { type Instant, millisecondsPerHour } from './instant.ts';
import type { Node } from './kubernetes/node.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Event } from './kubernetes/workload.ts';
import { type NodeConcern, unhealthyConditions } from './node-conditions.ts';
import { conditionClaim, nodeFinding } from './node-finding.ts';
import type { Replicas } from './replica.ts';
import { subject } from './subject.ts';

export interface PressureFacts {
  readonly now: Instant;
  readonly nodes: Collection<Node>;
  readonly replicas: Replicas | undefined;
  readonly pods: Collection<Pod> | undefined;
  readonly events: Collection<Event> | undefined;
}

export interface Pressure {
  readonly concern: NodeConcern;
  /** "memory", for sentences. */
  readonly resource: string;
  /** The kubelet's names of the resource in messages about evictions: "memory", "ephemeral-storage" … */
  readonly evictedFor: RegExp;
}

/** Nodes that run out of something: by their condition, or by the pods that they evicted for it within the hour. */
export function pressureFindings(pressure: Pressure, facts: PressureFacts): readonly Finding[] {
  const evicted = (facts.pods?.all ?? []).filter(
    (pod) =>
      pod.status.phase === 'Failed' &&
      pod.status.reason === 'Evicted' &&
      isNodesDoing(pod.status.message, pressure) &&
      isWithinHour(pod, facts.now),
  );
  const events = (facts.events?.all ?? []).filter(
    (event) =>
      ['Evicted', 'EvictionThresholdMet'].includes(event.reason ?? '') &&
      isNodesDoing(event.message, pressure) &&
      isRecentEvent(event, facts.now),
  );
  return facts.nodes.all.flatMap((node): readonly Finding[] => {
    const { name } = node.metadata;
    const [condition] = unhealthyConditions(node, pressure.concern);
    const gone = evicted.filter((pod) => pod.spec.nodeName === name);
    const told = events.filter(
      (event) =>
        event.involvedObject.name === name ||
        event.source.host === name ||
        gone.some((pod) => pod.metadata.name === event.involvedObject.name),
    );
    const because: readonly Claim[] = [
      ...(condition === undefined ? [] : [conditionClaim(node, condition, `${name} reports that it is short of ${pressure.resource}.`)]),
      ...told
        .slice(0, 2)
        .map((event) => claim(`${name} acts on it: ${(event.message ?? event.reason ?? '').slice(0, 200)}`, citeEvent(event))),
      ...gone
        .slice(0, 3)
        .map((pod) =>
          claim(
            `Pod ${pod.metadata.name} was evicted from ${name}: ${(pod.status.message ?? '').slice(0, 200)}`,
            citeObject(pod, `status.reason: Evicted`, pod.status.startTime),
          ),
        ),
    ];
    const [first, ...more] = because;
    if (first === undefined) return [];
    const times = [condition?.lastTransitionTime, ...told.map(lastSeenAt)].filter((each) => each !== undefined);
    const finding = nodeFinding(
      {
        node: name,
        weight: condition === undefined ? 'strong' : 'conclusive',
        because: [first, ...more],
        since: times.length === 0 ? undefined : Math.min(...times),
      },
      facts.replicas,
    );
    return [{ ...finding, affects: [...finding.affects, ...gone.map((pod) => subject('Pod', pod.metadata.namespace, pod.metadata.name))] }];
  });
}

/** "The node was low on resource", not "exceeds its own limit", which is the pod's doing. */
function isNodesDoing(message: string | undefined, pressure: Pressure): boolean {
  return (
    message !== undefined &&
    /low on resource|low on compute resource|attempting to reclaim|had condition/i.test(message) &&
    pressure.evictedFor.test(message)
  );
}

function isWithinHour(pod: Pod, now: Instant): boolean {
  const at =
    pod.status.conditions.find((condition) => condition.type === 'Ready' || condition.type === 'DisruptionTarget')?.lastTransitionTime ??
    pod.status.startTime;
  return at !== undefined && now - at < millisecondsPerHour;
}
