import { groupBy, indexByName, once } from '../../domain/collection.ts';
import { debugPodLabel } from '../../domain/debug-pod.ts';
import type { FactOf } from '../../domain/facts.ts';
import { type Instant, millisecondsPerDay } from '../../domain/instant.ts';
import type { Node } from '../../domain/kubernetes/node.ts';
import { isJoining } from '../../domain/node-conditions.ts';
import type { Pod } from '../../domain/kubernetes/pod.ts';
import type { Replica, ReplicaHealth, Replicas, Trouble } from '../../domain/replica.ts';
import { type Subject, subject, subjectKey } from '../../domain/subject.ts';
import type { FactSource } from '../fact-source.ts';
import { isReady, readyCondition, troublesOf } from './pod-troubles.ts';

/** A container that ended this often in its pod's life and again just now is looping, even while it happens to run. */
const loopingRestarts = 2;

export function deriveReplicas(facts: FactSource): Replicas {
  // What a crashed run of ours left behind is nobody's trouble.
  const pods = (facts.get('pods')?.all ?? []).filter((pod) => pod.metadata.labels[debugPodLabel] === undefined);
  const nodes = facts.get('nodes');
  const owners: Owners = { replicasets: facts.get('replicasets'), jobs: facts.get('jobs') };
  const workloadFor = workloadFinder(owners);
  const all = pods.map((pod) => {
    const node = nodes?.named(undefined, pod.spec.nodeName);
    return replicaOf(pod, facts.now, { owners, workload: workloadFor(pod), node });
  });
  const byPod = once(() => indexByName(all, (replica) => replica.pod));
  const byWorkload = once(() => groupBy(all, (replica) => subjectKey(replica.workload)));
  const byNode = once(() => groupBy(all, (replica) => replica.pod.spec.nodeName));
  return {
    all,
    failing: all.filter((replica) => replica.health === 'failing'),
    ofPod: (namespace, name) =>
      byPod()
        .get(namespace ?? '')
        ?.get(name ?? ''),
    ofWorkload: (workload) => byWorkload().get(subjectKey(workload)) ?? [],
    onNode: (node) => (node === undefined ? [] : (byNode().get(node) ?? [])),
  };
}

interface Owners {
  readonly replicasets: FactOf<'replicasets'> | undefined;
  readonly jobs: FactOf<'jobs'> | undefined;
}

/** Replicas stand side by side and share their owner and labels, so the workload of one is that of the next. */
function workloadFinder(owners: Owners): (pod: Pod) => Subject {
  let latest: { readonly metadata: Pod['metadata']; readonly workload: Subject } | undefined;
  return (pod) => {
    const { metadata } = pod;
    const isAlike =
      latest !== undefined &&
      metadata.ownerReferences.length > 0 &&
      latest.metadata.ownerReferences === metadata.ownerReferences &&
      latest.metadata.labels === metadata.labels &&
      latest.metadata.namespace === metadata.namespace;
    // A pod without an owner, or with its node for one, is its own workload.
    if (latest === undefined || !isAlike || latest.workload.kind === 'Pod') latest = { metadata, workload: workloadOf(pod, owners) };
    return latest.workload;
  };
}

interface Surroundings {
  readonly owners: Owners;
  readonly workload: Subject;
  readonly node: Node | undefined;
}

function replicaOf(pod: Pod, now: Instant, { owners, workload, node }: Surroundings): Replica {
  const troubles = troublesOf(pod, now, node === undefined || isJoining(node, now) ? undefined : isReporting(node));
  const health = healthOf(pod, troubles, owners, now);
  return {
    pod,
    workload,
    revision: pod.metadata.labels['pod-template-hash'] ?? pod.metadata.labels['controller-revision-hash'],
    health,
    troubles,
    failingSince: health === 'failing' ? failingSince(pod, troubles) : undefined,
  };
}

/** Ready True. False and Unknown both mean that nothing the node says about its pods can be trusted. */
function isReporting(node: Node): boolean | undefined {
  const ready = node.status.conditions.find((condition) => condition.type === 'Ready');
  return ready === undefined ? undefined : ready.status === 'True';
}

function healthOf(pod: Pod, troubles: readonly Trouble[], owners: Owners, now: Instant): ReplicaHealth {
  if (pod.status.phase === 'Succeeded') return 'finished';
  if (pod.status.phase === 'Failed') return isLeftOver(pod, owners) || isLongOver(troubles, now) ? 'finished' : 'failing';
  if (pod.metadata.deletionTimestamp !== undefined) return troubles.length > 0 ? 'failing' : 'leaving';
  if (troubles.some((trouble) => trouble.kind !== 'ended')) return 'failing';
  const ready = isReady(pod);
  if (troubles.length > 0) return ready === true && !isLooping(pod, troubles) ? 'healthy' : 'failing';
  if (ready === true) return 'healthy';
  return ready === undefined && pod.status.phase !== 'Pending' ? 'unknown' : 'starting';
}

/** Nobody cleans up failed pods of Jobs, nor those without owner: what ended more than a day ago is history. */
const historyMilliseconds = millisecondsPerDay;

function isLongOver(troubles: readonly Trouble[], now: Instant): boolean {
  return troubles.every((trouble) => trouble.since !== undefined && now - trouble.since > historyMilliseconds);
}

/** These delete a failed pod before they make another in its place: as long as it stands there, it is missed. */
const replacesInPlace: ReadonlySet<string> = new Set(['DaemonSet', 'StatefulSet', 'Node']);

/** A failed pod beside which its controller made another is only a trace; of a Job that went on to succeed as well. */
function isLeftOver(pod: Pod, owners: Owners): boolean {
  const owner = pod.metadata.ownerReferences.find((each) => each.controller === true);
  if (owner === undefined || replacesInPlace.has(owner.kind ?? '')) return false;
  if (owner.kind !== 'Job') return true;
  const job = owners.jobs?.withUid(owner.uid) ?? owners.jobs?.named(pod.metadata.namespace, owner.name);
  return (
    job !== undefined &&
    !job.status.conditions.some((condition) => condition.type === 'Failed' && condition.status === 'True') &&
    ((job.status.succeeded ?? 0) > 0 || (job.status.active ?? 0) > 0)
  );
}

function isLooping(pod: Pod, troubles: readonly Trouble[]): boolean {
  return troubles.some((trouble) => {
    const status = [...pod.status.containerStatuses, ...pod.status.initContainerStatuses].find((each) => each.name === trouble.container);
    return (status?.restartCount ?? 0) >= loopingRestarts;
  });
}

function failingSince(pod: Pod, troubles: readonly Trouble[]): Instant | undefined {
  const ready = readyCondition(pod);
  const times = troubles.flatMap((trouble) => trouble.since ?? []);
  const notReadySince = ready?.status === 'True' ? undefined : ready?.lastTransitionTime;
  const candidates = notReadySince === undefined ? times : [...times, notReadySince];
  return candidates.length === 0 ? pod.metadata.creationTimestamp : Math.min(...candidates);
}

/** The owner that a human would act on. */
function workloadOf(pod: Pod, owners: Owners): Subject {
  const namespace = pod.metadata.namespace;
  const owner = pod.metadata.ownerReferences.find((each) => each.controller === true);
  // A static pod is owned by its node, but nobody repairs it there: it is its own workload.
  if (owner?.name === undefined || owner.kind === undefined || owner.kind === 'Node') return subject('Pod', namespace, pod.metadata.name);
  if (owner.kind === 'ReplicaSet') return ownerOfReplicaSet(pod, owner.name, owner.uid, owners);
  if (owner.kind === 'Job') {
    const job = owners.jobs?.withUid(owner.uid) ?? owners.jobs?.named(namespace, owner.name);
    const above = job?.metadata.ownerReferences.find((each) => each.controller === true);
    return above?.name === undefined ? subject('Job', namespace, owner.name) : subject(above.kind ?? 'CronJob', namespace, above.name);
  }
  return subject(owner.kind, namespace, owner.name);
}

function ownerOfReplicaSet(pod: Pod, name: string, uid: string | undefined, owners: Owners): Subject {
  const namespace = pod.metadata.namespace;
  const replicaSet = owners.replicasets?.withUid(uid) ?? owners.replicasets?.named(namespace, name);
  const above = replicaSet?.metadata.ownerReferences.find((each) => each.controller === true);
  if (above?.name !== undefined) return subject(above.kind ?? 'Deployment', namespace, above.name);
  // Deployments name their ReplicaSets "<deployment>-<pod-template-hash>", so the label gives the owner away without the list.
  const hash = pod.metadata.labels['pod-template-hash'];
  const isOfDeployment = replicaSet === undefined && hash !== undefined && name.endsWith(`-${hash}`);
  return isOfDeployment ? subject('Deployment', namespace, name.slice(0, -hash.length - 1)) : subject('ReplicaSet', namespace, name);
}
