import type { Instant } from './instant.ts';
import type { Container } from './kubernetes/pod-template.ts';
import type { ContainerStatus, Pod } from './kubernetes/pod.ts';
import { type Subject, subjectKey } from './subject.ts';

/**
 * One thing that is wrong with a pod, as the API states it.
 * waiting: a container cannot start (reason of the API). ended: a container ended with an error lately.
 * not-ready: runs, but is not Ready for longer than its probes' own timing allows. unscheduled: no node takes it.
 * stuck-creating: placed, but its containers are not created for longer than pulls and mounts take.
 * failed: the pod as a whole ended in failure. lost: its node does not report. stuck-terminating: outlives its grace period.
 */
export interface Trouble {
  readonly kind: 'waiting' | 'ended' | 'not-ready' | 'unscheduled' | 'stuck-creating' | 'failed' | 'lost' | 'stuck-terminating' | 'erring';
  /** Absent: the trouble is the pod's, not one container's. */
  readonly container: string | undefined;
  readonly isInit: boolean;
  /** Kubernetes wording, for example "CrashLoopBackOff", "OOMKilled", "Unschedulable". */
  readonly reason: string;
  readonly message: string | undefined;
  readonly exitCode: number | undefined;
  /** When it began, as well as the API tells. */
  readonly since: Instant | undefined;
}

/**
 * failing: users or owners are missing this replica. healthy: does what it should. starting: within its allowed time.
 * finished: ended well, or was replaced. leaving: being deleted in time. unknown: the API does not say.
 */
export type ReplicaHealth = 'failing' | 'healthy' | 'starting' | 'finished' | 'leaving' | 'unknown';

export interface Replica {
  readonly pod: Pod;
  /** What a human would act on: Deployment, StatefulSet, DaemonSet, CronJob, Job …; the pod itself where it has no owner. */
  readonly workload: Subject;
  /** pod-template-hash or controller-revision-hash. Absent: the workload has no revisions. */
  readonly revision: string | undefined;
  readonly health: ReplicaHealth;
  readonly troubles: readonly Trouble[];
  readonly failingSince: Instant | undefined;
}

export interface Replicas {
  readonly all: readonly Replica[];
  readonly failing: readonly Replica[];
  readonly ofPod: (namespace: string | undefined, name: string | undefined) => Replica | undefined;
  readonly ofWorkload: (workload: Subject) => readonly Replica[];
  readonly onNode: (node: string | undefined) => readonly Replica[];
}

/** All replicas of each workload that has a failing one, in the order of their first failures. */
export function workloadsWithFailing(replicas: Replicas): readonly (readonly Replica[])[] {
  const workloads = new Map(replicas.failing.map(({ workload }) => [subjectKey(workload), workload]));
  return [...workloads.values()].map((workload) => replicas.ofWorkload(workload));
}

/** Status of the container, init containers included. Absent: the kubelet has not reported it. */
export function statusOf(pod: Pod, container: string | undefined): ContainerStatus | undefined {
  return [...pod.status.containerStatuses, ...pod.status.initContainerStatuses].find((status) => status.name === container);
}

export function containerOf(pod: Pod, container: string | undefined): Container | undefined {
  return [...pod.spec.containers, ...pod.spec.initContainers].find((each) => each.name === container);
}
