import { citeObject, claim } from '../../domain/citation.ts';
import { groupBy } from '../../domain/collection.ts';
import { clockTime, type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import type { Event } from '../../domain/kubernetes/workload.ts';
import { subject } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { isWithin, type SeenChange, type TimeWindow } from './seen-change.ts';

/** Conditions that changed, taints, cordons, new nodes and reboots. */
export function nodeChanges(facts: FactSource, window: TimeWindow): readonly SeenChange[] {
  const nodes = facts.get('nodes')?.all ?? [];
  // The API server makes this namespace when it first starts: what nodes do just then is how the cluster came to be.
  const foundedAt = facts.get('namespaces')?.named(undefined, 'kube-system')?.metadata.creationTimestamp;
  const isFounding = (at: Instant): boolean => foundedAt !== undefined && at - foundedAt < foundingMilliseconds;
  return [
    ...nodes.flatMap((node) => [...conditionChanges(node, window), ...taintChanges(node), ...cordons(node), ...arrivals(node, window)]),
    ...nodeEvents(facts),
  ].filter((each) => isWithin(window, each.at) && !isFounding(each.at));
}

/** The first nodes of a cluster join one after the other. */
const foundingMilliseconds = 10 * millisecondsPerMinute;

function change(node: Node, at: Instant, summary: string, shows: string): SeenChange {
  const name = node.metadata.name;
  return {
    at,
    kind: 'node',
    subject: subject('Node', undefined, name),
    summary,
    seenIn: claim(`${name}: ${summary} at ${clockTime(at)}.`, citeObject(node, shows, at)),
    reaches: (replica) => replica.pod.spec.nodeName === name,
    called: `the change on ${name}`,
  };
}

function conditionChanges(node: Node, window: TimeWindow): readonly SeenChange[] {
  return node.status.conditions.flatMap((condition) => {
    const at = condition.lastTransitionTime;
    if (at === undefined || condition.type === undefined || !isWithin(window, at)) return [];
    const text = `condition ${condition.type} became ${condition.status ?? 'Unknown'}${condition.reason === undefined ? '' : ` (${condition.reason})`}`;
    return [change(node, at, text, `status.conditions[${condition.type}]: ${condition.status} ${condition.reason ?? ''}`)];
  });
}

function taintChanges(node: Node): readonly SeenChange[] {
  return node.spec.taints.flatMap((taint) =>
    taint.timeAdded === undefined
      ? []
      : [change(node, taint.timeAdded, `taint ${taint.key}:${taint.effect} added`, `spec.taints: ${taint.key}:${taint.effect}`)],
  );
}

function cordons(node: Node): readonly SeenChange[] {
  if (node.spec.unschedulable !== true) return [];
  const write = node.metadata.managedFields.find((each) => each.paths.includes('spec.unschedulable'));
  return write?.at === undefined
    ? []
    : [change(node, write.at, `cordoned by ${write.manager ?? 'an unnamed client'}`, 'spec.unschedulable: true')];
}

function arrivals(node: Node, window: TimeWindow): readonly SeenChange[] {
  const at = node.metadata.creationTimestamp;
  return at === undefined || !isWithin(window, at) ? [] : [change(node, at, 'node joined the cluster', 'metadata.creationTimestamp')];
}

/** Reasons that the kubelet and the node controller give for things that happen to a node as a whole. */
const nodeEventReasons: ReadonlySet<string> = new Set([
  'Rebooted',
  'Starting',
  'NodeNotReady',
  'NodeReady',
  'SystemOOM',
  'KernelDeadlock',
  'ContainerGCFailed',
  'ImageGCFailed',
  'Shutdown',
]);

/** What a node says again within this time is one story. */
const pauseMilliseconds = 10 * millisecondsPerMinute;

function nodeEvents(facts: FactSource): readonly SeenChange[] {
  const told = (facts.get('events')?.all ?? []).flatMap((event) => toldOf(event) ?? []).toSorted((one, other) => one.at - other.at);
  return [...groupBy(told, ({ node, says }) => `${node} ${says}`).values()].flatMap((same) => runsOf(same)).map(eventChange);
}

interface Told {
  readonly event: Event;
  readonly node: string;
  readonly says: string;
  readonly at: Instant;
}

function toldOf(event: Event): Told | undefined {
  const at = event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
  const { kind, name } = event.involvedObject;
  if (kind !== 'Node' || name === undefined || at === undefined || !nodeEventReasons.has(event.reason ?? '')) return undefined;
  // Some components, kube-proxy among them, report their start without a message.
  const about = event.message ?? event.reportingComponent ?? event.source.component;
  return { event, node: name, says: [event.reason, about].filter((part) => part !== undefined && part !== '').join(': '), at };
}

type Run = readonly [Told, ...Told[]];

function runsOf(same: readonly Told[]): readonly Run[] {
  const runs: [Told, ...Told[]][] = [];
  for (const each of same) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && each.at - last.at < pauseMilliseconds) run.push(each);
    else runs.push([each]);
  }
  return runs;
}

function eventChange(run: Run): SeenChange {
  const [{ node, says, at, event }] = run;
  const summary = run.length === 1 ? says : `${says}, ${run.length} times until ${clockTime(run.at(-1)?.at ?? at)}`;
  return {
    at,
    kind: 'node',
    subject: subject('Node', undefined, node),
    summary,
    seenIn: claim(`${node}: ${summary}`, citeObject(event, says, at)),
    reaches: (replica) => replica.pod.spec.nodeName === node,
    called: `the event on ${node}`,
  };
}
