import { dnsServers } from '../domain/cluster-dns.ts';
import { isControlPlanePod } from '../domain/control-plane-pods.ts';
import type { EvidenceKind } from '../domain/evidence.ts';
import { groupBy } from '../domain/collection.ts';
import { repeatedTimes } from '../domain/dependency-trouble.ts';
import { loudReplicas } from '../domain/loud-replica.ts';
import type { Replica, Replicas } from '../domain/replica.ts';
import { subjectKey } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import { replicasInReach } from './reach.ts';

/** Cheap lists that tell who fails, where, and what changed: enough to stop the bleeding. */
export const firstKinds: readonly EvidenceKind[] = [
  'pods',
  'nodes',
  'namespaces',
  'events',
  'deployments',
  'replicasets',
  'statefulsets',
  'daemonsets',
  'controllerrevisions',
  'jobs',
  'services',
  'endpointslices',
  'configmaps',
  'secrets',
  'poddisruptionbudgets',
  'horizontalpodautoscalers',
];

/** Answers about the page itself. */
export const alertKinds: readonly EvidenceKind[] = ['metrics', 'alert-history', 'scrape-targets'];

/** A container log that is worth reading. */
export interface LogWish {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly isPrevious: boolean;
}

/** Logs of so many failing replicas of a workload tell what all of them would. */
const failingPerWorkload = 2;
const healthyPerWorkload = 1;
/** Where no replica fails, only their logs can tell which of them suffer: then some from every node are worth reading. */
const quietPerTarget = 6;
/** An investigation reads logs of at most so many workloads: the target first, then those with most failing replicas. */
const mostWorkloads = 20;

/** Of a workload that nobody names two replicas show whether it complains as a whole. */
const unnamedPerWorkload = 2;
/** What was recorded costs no cluster anything to read. */
const mostRecordedWorkloads = 400;
/** Three members of a control plane tell what all of them would. */
const controlPlaneMembers = 3;

/** Logs of suspects and of a healthy sibling to compare with; never of everything. */
export function logsToRead(assessment: Assessment): readonly LogWish[] {
  const { scope, facts } = assessment;
  const replicas = facts.get('replicas');
  if (replicas === undefined) return [];
  const failing = groupBy(replicas.failing, (replica) => subjectKey(replica.workload));
  const target = scope.target === undefined ? undefined : subjectKey(scope.target);
  const order = [...failing.entries()].toSorted(
    ([leftKey, left], [rightKey, right]) =>
      Number(rightKey === target) - Number(leftKey === target) || right.length - left.length || leftKey.localeCompare(rightKey),
  );
  const suspects = order
    .slice(0, mostWorkloads)
    .flatMap(([, members]) => membersToRead(members, replicas.ofWorkload(members[0]?.workload ?? { kind: '', name: '' })));
  const quiet = target !== undefined && !failing.has(target) ? acrossNodes(scope.healthy).slice(0, quietPerTarget) : [];
  const restarted = replicas.all.filter((replica) => replica.health === 'healthy' && replica.troubles.length > 0).slice(0, mostWorkloads);
  // All workloads share them, and what they ask in turn fails in their log alone.
  const resolvers = dnsServers(replicas).slice(0, failingPerWorkload);
  const unnamed = target === undefined && failing.size === 0 ? ofEveryWorkload(assessment, replicas) : [];
  return [...new Set([...suspects, ...quiet, ...restarted, ...resolvers, ...controlPlane(replicas), ...unnamed])].flatMap(logsOf);
}

/**
 * Where nothing fails and nobody is named, "healthy" would rest on what probes say alone. Programs that serve nobody any more
 * often stay Ready, so some of each workload are listened to, the youngest first: what was changed lately breaks.
 */
function ofEveryWorkload({ question, snapshot }: Assessment, replicas: Replicas): readonly Replica[] {
  const workloads = groupBy(
    replicasInReach(question, replicas).filter((replica) => replica.health === 'healthy'),
    (replica) => subjectKey(replica.workload),
  );
  const youngest = (members: readonly Replica[]): number => Math.max(...members.map(({ pod }) => pod.metadata.creationTimestamp ?? 0));
  const most = snapshot.cluster.source === 'live' ? mostWorkloads : mostRecordedWorkloads;
  return [...workloads.entries()]
    .toSorted(([leftKey, left], [rightKey, right]) => youngest(right) - youngest(left) || leftKey.localeCompare(rightKey))
    .slice(0, most)
    .flatMap(([, members]) => acrossNodes(members).slice(0, unnamedPerWorkload));
}

/** All workloads share the API server and its database, and what ails those fails elsewhere first. */
function controlPlane(replicas: Replicas): readonly Replica[] {
  return ['kube-apiserver', 'etcd'].flatMap((container) =>
    replicas.all.filter(({ pod, health }) => health !== 'finished' && isControlPlanePod(pod, container)).slice(0, controlPlaneMembers),
  );
}

/** The first of each node, then the second of each. */
function acrossNodes(replicas: readonly Replica[]): readonly Replica[] {
  const seen = new Map<string, number>();
  const ranked = replicas.map((replica) => {
    const node = replica.pod.spec.nodeName ?? '';
    const rank = seen.get(node) ?? 0;
    seen.set(node, rank + 1);
    return { replica, rank };
  });
  return ranked.toSorted((left, right) => left.rank - right.rank).map(({ replica }) => replica);
}

function membersToRead(failing: readonly Replica[], all: readonly Replica[]): readonly Replica[] {
  const perNode = [...groupBy(failing, (replica) => replica.pod.spec.nodeName ?? '').values()].flatMap((group) =>
    group.slice(0, failingPerWorkload),
  );
  return [
    ...perNode.slice(0, failingPerWorkload * 3),
    ...all.filter((replica) => replica.health === 'healthy').slice(0, healthyPerWorkload),
  ];
}

/** Every log that a replica has. */
export function logsOf({ pod }: Replica): readonly LogWish[] {
  const namespace = pod.metadata.namespace ?? 'default';
  return [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].flatMap((status) => {
    const wish = { namespace, pod: pod.metadata.name, container: status.name };
    const hasRun = status.state.running !== undefined || status.state.terminated !== undefined || (status.restartCount ?? 0) > 0;
    const hasPrevious = status.lastState.terminated !== undefined;
    return [...(hasRun ? [{ ...wish, isPrevious: false }] : []), ...(hasPrevious ? [{ ...wish, isPrevious: true }] : [])];
  });
}

/** Each namespace costs the monitoring three queries over all its containers. */
const mostNamespaces = 3;

/** Namespaces of the target and of what fails, the fullest of failures first. */
export function namespacesToMeasure({ scope, facts }: Assessment): readonly string[] {
  const failing = groupBy(facts.get('replicas')?.failing ?? [], ({ pod }) => pod.metadata.namespace);
  const byFailures = [...failing.entries()].toSorted(
    ([left, those], [right, these]) => these.length - those.length || left.localeCompare(right),
  );
  const target = scope.target?.namespace;
  return [...new Set([...(target === undefined ? [] : [target]), ...byFailures.map(([name]) => name)])].slice(0, mostNamespaces);
}

/** One node that is asked about or that suspects sit on, and one that healthy siblings sit on: the difference tells. */
export function nodesToProbe({ scope, radius, facts }: Assessment): readonly string[] {
  const asked = scope.target?.kind === 'Node' ? scope.target.name : undefined;
  const failing = radius.leading?.axis === 'node' ? radius.leading.value : scope.failing[0]?.pod.spec.nodeName;
  const bad = asked ?? failing ?? complainingNode(scope.healthy, facts);
  const good = [...scope.healthy, ...(facts.get('replicas')?.all ?? [])].find(
    (replica) => replica.health === 'healthy' && replica.pod.spec.nodeName !== bad,
  )?.pod.spec.nodeName;
  return [bad, good].filter((name) => name !== undefined);
}

/** The one node on which replicas that look well complain again and again, while those elsewhere do not. */
function complainingNode(healthy: readonly Replica[], facts: Assessment['facts']): string | undefined {
  const clues = (facts.get('log-clues') ?? []).filter(
    (clue) => clue.count >= repeatedTimes && !clue.isPrevious && healthy.includes(clue.replica),
  );
  const loud = loudReplicas(healthy, facts.get('container-logs') ?? []);
  const nodes = new Set([...clues, ...loud].map(({ replica }) => replica.pod.spec.nodeName));
  const [node] = nodes;
  return nodes.size === 1 && healthy.some(({ pod }) => pod.spec.nodeName !== node) ? node : undefined;
}
