import { type Citation, citeObject } from './citation.ts';
import { type Instant, millisecondsPerMinute, millisecondsPerSecond } from './instant.ts';
import type { Terminated } from './kubernetes/pod-template.ts';
import type { ContainerStatus, Pod } from './kubernetes/pod.ts';
import { containerOf, type Replica, statusOf, type Trouble } from './replica.ts';

/** How the last incarnation that ended did so. Absent: none has ended. */
export function lastEnd(status: ContainerStatus | undefined): Terminated | undefined {
  return status?.state.terminated ?? status?.lastState.terminated;
}

/** How long the incarnation lived. Absent: not told. */
export function livedMilliseconds(end: Terminated | undefined): number | undefined {
  return end?.startedAt === undefined || end.finishedAt === undefined ? undefined : end.finishedAt - end.startedAt;
}

/** Troubles of containers that wait for one of these reasons. */
export function waitsFor(replica: Replica, reasons: ReadonlySet<string>): readonly Trouble[] {
  return replica.troubles.filter((trouble) => trouble.kind === 'waiting' && reasons.has(trouble.reason));
}

export function citeWaiting(pod: Pod, container: string | undefined): Citation {
  const waiting = statusOf(pod, container)?.state.waiting;
  const message = waiting?.message === undefined ? '' : `: ${waiting.message.slice(0, 300)}`;
  return citeObject(pod, `${statusPath(pod, container)}.state.waiting: ${waiting?.reason ?? 'none'}${message}`);
}

export function citeEnd(pod: Pod, container: string | undefined): Citation {
  const status = statusOf(pod, container);
  const end = lastEnd(status);
  const where = status?.state.terminated === undefined ? 'lastState' : 'state';
  const message = end?.message === undefined ? '' : `: ${end.message.slice(0, 300)}`;
  const shows = `${statusPath(pod, container)}.${where}.terminated: ${end?.reason ?? 'Error'}, exit code ${end?.exitCode ?? '?'}, ${status?.restartCount ?? 0} restarts${message}`;
  return citeObject(pod, shows, end?.finishedAt);
}

export function citeCondition(pod: Pod, type: string): Citation {
  const condition = pod.status.conditions.find((each) => each.type === type);
  const words = [condition?.status ?? 'absent', condition?.reason, condition?.message?.slice(0, 300)]
    .filter((part) => part !== undefined)
    .join(' ');
  return citeObject(pod, `status.conditions[${type}]: ${words}`, condition?.lastTransitionTime);
}

function statusPath(pod: Pod, container: string | undefined): string {
  const isInit = pod.status.initContainerStatuses.some((status) => status.name === container);
  return `status.${isInit ? 'initContainerStatuses' : 'containerStatuses'}[${container ?? '?'}]`;
}

/** Containers that ended in error lately or again and again, with how they ended. */
export interface CrashedContainer {
  readonly container: string;
  /** True: what comes after it waits for it. A native sidecar is one only until the pod is initialised. */
  readonly isInit: boolean;
  readonly status: ContainerStatus;
  readonly end: Terminated;
  readonly since: Instant | undefined;
}

/** From the replica's troubles: a container that waits for its next try, that ended in error just now, or that ended its pod with its error. */
export function crashedContainers(replica: Replica): readonly CrashedContainer[] {
  const holdsUp = new Set(replica.troubles.flatMap(({ container, isInit }) => (isInit && container !== undefined ? [container] : [])));
  const names = new Set(
    replica.troubles.flatMap((trouble) => {
      if (trouble.kind === 'failed') return endedInError(replica.pod);
      return trouble.container !== undefined && (trouble.kind === 'ended' || (trouble.kind === 'waiting' && backsOff.has(trouble.reason)))
        ? [trouble.container]
        : [];
    }),
  );
  return [...names].flatMap((container) => {
    const status = statusOf(replica.pod, container);
    const end = lastEnd(status);
    const isOfPod = replica.pod.status.containerStatuses.some((each) => each.name === container);
    const isSidecar = containerOf(replica.pod, container)?.restartPolicy === 'Always' && !holdsUp.has(container);
    const isInit = !isOfPod && !isSidecar;
    return status === undefined || end === undefined ? [] : [{ container, isInit, status, end, since: end.finishedAt }];
  });
}

function endedInError(pod: Pod): readonly string[] {
  return [...pod.status.initContainerStatuses, ...pod.status.containerStatuses]
    .filter((status) => (status.state.terminated?.exitCode ?? 0) !== 0)
    .map((status) => status.name);
}

const backsOff: ReadonlySet<string> = new Set([
  'CrashLoopBackOff',
  'RunContainerError',
  'CreateContainerError',
  'StartError',
  'PostStartHookError',
]);

/** The kubelet waits before each restart: ten seconds at first, twice as long each time, five minutes at most. */
const firstBackOffMilliseconds = 10 * millisecondsPerSecond;
const longestBackOffMilliseconds = 5 * millisecondsPerMinute;

/**
 * A container that is restarted again and again is Ready between two ends, so that the Ready condition tells of the last round
 * alone. If all its restarts belong together, they took this long. Absent: it does not wait for a restart.
 */
export function firstRoundAtTheEarliest(pod: Pod): Instant | undefined {
  const begun = pod.status.containerStatuses.flatMap((status) => {
    const end = status.lastState.terminated;
    const restarts = status.restartCount ?? 0;
    if (status.state.waiting?.reason !== 'CrashLoopBackOff' || end?.finishedAt === undefined || restarts === 0) return [];
    const growing = Math.min(restarts, Math.ceil(Math.log2(longestBackOffMilliseconds / firstBackOffMilliseconds)));
    const waited = firstBackOffMilliseconds * (2 ** growing - 1) + (restarts - growing) * longestBackOffMilliseconds;
    return [end.finishedAt - waited - restarts * (livedMilliseconds(end) ?? 0)];
  });
  return begun.length === 0 ? undefined : Math.max(Math.min(...begun), pod.metadata.creationTimestamp ?? -Infinity);
}
