import { citeObject, type Claim, claim } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeEnd } from './container-evidence.ts';
import { citeEvent, recentEvents } from './event-index.ts';
import type { Instant } from './instant.ts';
import type { Node } from './kubernetes/node.ts';
import type { Container } from './kubernetes/pod-template.ts';
import type { Pod } from './kubernetes/pod.ts';
import type { Event } from './kubernetes/workload.ts';
import type { PullRequest } from './mitigation.ts';
import type { NodeReport } from './node-report.ts';
import { clusterView } from './placement/cluster-view.ts';
import type { Precondition } from './precondition.ts';
import { parseQuantity, spokenBytes } from './quantity.ts';
import type { Replica } from './replica.ts';
import { spokenSubject, type Subject } from './subject.ts';

/** A container that was killed, and what its template says of its memory. */
export interface Killed {
  readonly replica: Replica;
  readonly container: Container;
  /** As the template writes it. */
  readonly from: string;
  readonly to: string;
}

interface KillFacts {
  readonly now: Instant;
  readonly nodes: Collection<Node> | undefined;
  readonly events: Collection<Event> | undefined;
  readonly 'node-reports': readonly NodeReport[] | undefined;
}

/** "OOMKilled" alone does not tell whose memory ran out: the container's, or the machine's. */
export function killedAtOwnLimit({ replica, container }: Killed, facts: KillFacts): Precondition {
  const { pod } = replica;
  const node = facts.nodes?.named(undefined, pod.spec.nodeName);
  const kills = (facts['node-reports'] ?? []).filter((report) => report.node === pod.spec.nodeName).flatMap((report) => report.memoryKills);
  const isOwn = kills.some(({ scope, podUid }) => scope === 'container' && podUid !== undefined && podUid === pod.metadata.uid);
  const pressure = node?.status.conditions.find(({ type, status }) => type === 'MemoryPressure' && status === 'True');
  const told = node === undefined ? undefined : recentEvents(facts.events, node, facts.now).find(({ reason }) => reason === 'SystemOOM');
  const isMachine = !isOwn && (pressure !== undefined || told !== undefined);
  const isKnown = isOwn || (node !== undefined && facts.events !== undefined);
  return {
    id: 'killed-at-own-limit',
    claim: 'it was its own limit that was reached, not the machine’s memory',
    holds: isMachine ? 'no' : isKnown ? 'yes' : 'cannot-tell',
    because: [
      claim(`Container ${container.name} was killed for memory.`, citeEnd(pod, container.name)),
      ...(told === undefined ? [] : [claim('The machine as a whole ran out of memory.', citeEvent(told))]),
      ...(pressure === undefined || node === undefined
        ? []
        : [claim('Its node is short of memory.', citeObject(node, 'MemoryPressure: True'))]),
    ],
  };
}

/** Whether each node on which the workload runs could give the whole new limit beside what all others ask for. */
export function nodeMemoryAllows(
  { container, to }: Killed,
  members: readonly Replica[],
  facts: { readonly nodes: Collection<Node> | undefined; readonly pods: Collection<Pod> | undefined },
): Precondition {
  const id = 'node-memory-allows';
  const asked = `every node it runs on has room for ${to} by requests`;
  const { nodes, pods } = facts;
  if (nodes === undefined || pods === undefined)
    return { id, claim: `${asked} (nodes or pods could not be read)`, holds: 'cannot-tell', because: [] };
  const view = clusterView({ nodes, pods, persistentvolumeclaims: undefined, persistentvolumes: undefined, namespaces: undefined });
  const more =
    (parseQuantity(to) ?? 0) - (parseQuantity(container.resources.requests['memory'] ?? container.resources.limits['memory']) ?? 0);
  const rooms = [...new Set(members.flatMap(({ pod }) => pod.spec.nodeName ?? []))].map((name) => {
    const node = nodes.named(undefined, name);
    const given = parseQuantity(node?.status.allocatable['memory']);
    return { node, free: given === undefined ? undefined : given - (view.useOf(name).requested.get('memory') ?? 0) };
  });
  const isUnknown = rooms.length === 0 || rooms.some(({ free }) => free === undefined);
  const [tightest] = rooms.toSorted((left, right) => (left.free ?? Infinity) - (right.free ?? Infinity));
  const isTight = tightest?.free !== undefined && tightest.free < more;
  const because: readonly Claim[] =
    tightest?.node === undefined || tightest.free === undefined
      ? []
      : [
          claim(
            `${tightest.node.metadata.name} has least: ${spokenBytes(Math.max(0, tightest.free))} are not asked for by anybody.`,
            citeObject(tightest.node, `allocatable memory: ${tightest.node.status.allocatable['memory'] ?? '?'}`),
          ),
        ];
  return { id, claim: asked, holds: isTight ? 'no' : isUnknown ? 'cannot-tell' : 'yes', because };
}

/** What becomes of the request, in words. */
export function spokenRequest({ container, to }: Killed): string {
  const request = container.resources.requests['memory'];
  return request === undefined
    ? `It asks for nothing of its own, so its request follows the limit to ${to}.`
    : `Its request stays ${request}.`;
}

/** The same change for the repository that owns the workload. */
export function limitPullRequest(workload: Subject, killed: Killed, why: string): PullRequest {
  const { container, from, to } = killed;
  return {
    title: `Raise the memory limit of ${container.name} in ${spokenSubject(workload)} from ${from} to ${to}`,
    body: [
      `${why}`,
      '',
      `The limit of container \`${container.name}\` is ${from}. It was killed at it, which gives no measure of what it needs: ${to} is the usual first step. ${spokenRequest(killed)}`,
      '',
      'Watch its use against the new limit. Where it grows for ever, the limit is not the cause.',
    ].join('\n'),
    patch: [
      'apiVersion: apps/v1',
      `kind: ${workload.kind}`,
      'metadata:',
      `  name: ${workload.name}`,
      ...(workload.namespace === undefined ? [] : [`  namespace: ${workload.namespace}`]),
      'spec:',
      '  template:',
      '    spec:',
      '      containers:',
      `        - name: ${container.name}`,
      '          resources:',
      '            limits:',
      `              memory: ${to}`,
      '',
    ].join('\n'),
  };
}
