import { type Instant, millisecondsPerMinute, millisecondsPerSecond } from '../../domain/instant.ts';
import type { Container, Terminated } from '../../domain/kubernetes/pod-template.ts';
import type { ContainerStatus, Pod } from '../../domain/kubernetes/pod.ts';
import { isPlaceholder } from '../../domain/placeholder-pod.ts';
import type { Trouble } from '../../domain/replica.ts';

/** The kubelet forgets its restart back-off after ten minutes of running, so a container that lasted longer has recovered. */
export const recentEndMilliseconds = 10 * millisecondsPerMinute;
/** Image pulls and volume mounts of ordinary size end well within two minutes. */
const creatingGraceMilliseconds = 2 * millisecondsPerMinute;
/** The scheduler answers within seconds; half a minute leaves room for a busy one and for a binding volume. */
const unscheduledGraceMilliseconds = 30 * millisecondsPerSecond;
/** An init container that only waits for something is given the time of a slow migration. */
const initGraceMilliseconds = 3 * millisecondsPerMinute;
/** The deletion time already includes the grace period; a minute more covers the kubelet's own delay. */
const terminationGraceMilliseconds = millisecondsPerMinute;
/** The kubelet's default for a probe that names no timing. */
const defaultProbePeriodSeconds = 10;
const defaultFailureThreshold = 3;

/** Waiting reasons that are a normal step towards running. */
const normalWaits: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

/** Everything that is wrong with the pod at that instant. `isNodeReporting` undefined: nodes could not be read. */
export function troublesOf(pod: Pod, now: Instant, isNodeReporting: boolean | undefined): readonly Trouble[] {
  const deletion = pod.metadata.deletionTimestamp;
  const isEnded = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed';
  // Ended and deleted, and yet there: only a finalizer does that.
  const held = isEnded && deletion !== undefined && pod.metadata.finalizers.length > 0 ? terminationTroubles(pod, deletion, now) : [];
  if (held.length > 0 || pod.status.phase === 'Succeeded') return held;
  if (pod.status.phase === 'Failed') return [podTrouble('failed', pod.status.reason ?? 'Failed', pod.status.message, failedAt(pod))];
  if (deletion !== undefined) return terminationTroubles(pod, deletion, now);
  if (pod.status.phase === 'Unknown' || isNodeReporting === false) {
    return [podTrouble('lost', pod.status.reason ?? 'NodeNotReady', pod.status.message, readyCondition(pod)?.lastTransitionTime)];
  }
  if (pod.spec.nodeName === undefined || pod.spec.nodeName === '') return unscheduledTroubles(pod, now);
  const troubles = [
    ...pod.status.initContainerStatuses.flatMap((status) => initTroubles(pod, status, now)),
    ...pod.status.containerStatuses.flatMap((status) => containerTroubles(status, now)),
  ];
  if (troubles.some((trouble) => trouble.kind === 'waiting')) return troubles;
  const all = [...troubles, ...creatingTroubles(pod, now), ...readinessTroubles(pod, now)];
  return all.length === 0 ? none : all;
}

/** One list for the tens of thousands that are well. */
const none: readonly Trouble[] = [];

function terminationTroubles(pod: Pod, deletion: Instant, now: Instant): readonly Trouble[] {
  return now > deletion + terminationGraceMilliseconds
    ? [podTrouble('stuck-terminating', 'Terminating', pod.metadata.finalizers.join(', '), deletion)]
    : [];
}

function unscheduledTroubles(pod: Pod, now: Instant): readonly Trouble[] {
  if (isPlaceholder(pod)) return none;
  const scheduled = pod.status.conditions.find((condition) => condition.type === 'PodScheduled');
  const since = scheduled?.lastTransitionTime ?? pod.metadata.creationTimestamp;
  if (since !== undefined && now - since < unscheduledGraceMilliseconds) return [];
  return [podTrouble('unscheduled', scheduled?.reason ?? 'NotScheduled', scheduled?.message, since)];
}

function containerTroubles(status: ContainerStatus, now: Instant): readonly Trouble[] {
  const { waiting, terminated, running } = status.state;
  const last = status.lastState.terminated;
  if (waiting !== undefined && !normalWaits.has(waiting.reason ?? '')) {
    return [
      {
        ...containerTrouble('waiting', status, waiting.reason ?? 'Waiting', waiting.message ?? last?.message),
        exitCode: last?.exitCode,
        since: last?.finishedAt,
      },
    ];
  }
  if (terminated !== undefined && terminated.exitCode !== 0) {
    return [
      {
        ...containerTrouble('ended', status, terminated.reason ?? 'Error', terminated.message),
        exitCode: terminated.exitCode,
        since: terminated.finishedAt,
      },
    ];
  }
  const isRecent = last?.finishedAt !== undefined && now - last.finishedAt < recentEndMilliseconds;
  if (running !== undefined && last !== undefined && isRecent && (last.exitCode !== 0 || isStartedOverAndOver(status, last))) {
    return [
      { ...containerTrouble('ended', status, last.reason ?? 'Error', last.message), exitCode: last.exitCode, since: last.finishedAt },
    ];
  }
  return [];
}

/** A program that is asked to end in order ends with 0. Once that is a stop like any; again after less than the back-off's memory it is a loop. */
const fewestStarts = 2;

function isStartedOverAndOver({ restartCount }: ContainerStatus, { startedAt, finishedAt }: Terminated): boolean {
  const isShort = startedAt !== undefined && finishedAt !== undefined && finishedAt - startedAt < recentEndMilliseconds;
  return isShort && (restartCount ?? 0) >= fewestStarts;
}

function initTroubles(pod: Pod, status: ContainerStatus, now: Instant): readonly Trouble[] {
  const spec = pod.spec.initContainers.find((container) => container.name === status.name);
  const isSidecar = isSidecarContainer(spec);
  // Once the pod is initialised a sidecar holds up nothing more: it is one of the pod's containers.
  const isInit = !(isSidecar && isInitialised(pod));
  const troubles = containerTroubles(status, now).map((trouble) => ({ ...trouble, isInit }));
  const startedAt = status.state.running?.startedAt;
  const isDone = isSidecar && (!isInit || status.started !== false);
  const allowed = isSidecar && spec !== undefined ? startAllowanceMilliseconds(spec) : 0;
  if (troubles.length > 0 || isDone || startedAt === undefined || now - startedAt < Math.max(initGraceMilliseconds, allowed))
    return troubles;
  return [{ ...containerTrouble('not-ready', status, 'InitContainerRunning', undefined), isInit: true, since: startedAt }];
}

/** A native sidecar: it starts in its turn among the init containers, is waited for until it has started, and then stays. */
function isSidecarContainer(container: Container | undefined): boolean {
  return container?.restartPolicy === 'Always';
}

function sidecarStatuses({ spec, status }: Pod): readonly ContainerStatus[] {
  if (status.initContainerStatuses.length === 0) return [];
  return status.initContainerStatuses.filter(({ name }) => isSidecarContainer(spec.initContainers.find((each) => each.name === name)));
}

/** By the condition; where a bundle leaves it out, a container of the pod that has run tells the same. */
export function isInitialised({ status }: Pod): boolean {
  const condition = status.conditions.find(({ type }) => type === 'Initialized');
  if (condition !== undefined) return condition.status === 'True';
  return status.containerStatuses.some(
    ({ state, lastState }) => state.running !== undefined || state.terminated !== undefined || lastState.terminated !== undefined,
  );
}

function creatingTroubles(pod: Pod, now: Instant): readonly Trouble[] {
  const waits = pod.status.containerStatuses.filter((status) => status.state.waiting !== undefined);
  const isCreating = pod.status.phase === 'Pending' && (waits.length > 0 || pod.status.containerStatuses.length === 0);
  const sidecars = sidecarStatuses(pod);
  const hasRunningInit = pod.status.initContainerStatuses.some(
    (status) => status.state.running !== undefined && !(sidecars.includes(status) && status.started === true),
  );
  const since = scheduledAt(pod) ?? pod.metadata.creationTimestamp;
  if (!isCreating || hasRunningInit || since === undefined || now - since < creatingGraceMilliseconds) return [];
  const [first] = waits;
  return [podTrouble('stuck-creating', first?.state.waiting?.reason ?? 'ContainerCreating', first?.state.waiting?.message, since)];
}

function readinessTroubles(pod: Pod, now: Instant): readonly Trouble[] {
  const ready = readyCondition(pod);
  // A bundle or a simple exporter may leave conditions out; the containers then speak for themselves.
  if (pod.status.phase !== 'Running' || ready?.status === 'True' || ready?.reason === 'PodCompleted') return [];
  const statuses = [...pod.status.containerStatuses, ...sidecarStatuses(pod)];
  const late = statuses.find((status) => status.ready === false && isPastStart(pod, status, ready?.lastTransitionTime, now));
  if (late !== undefined) {
    return [
      {
        ...containerTrouble('not-ready', late, ready?.reason ?? 'ContainersNotReady', ready?.message),
        since: ready?.lastTransitionTime ?? late.state.running?.startedAt,
      },
    ];
  }
  const areContainersReady = statuses.every((status) => status.ready === true);
  return ready !== undefined && areContainersReady && pod.status.containerStatuses.length > 0
    ? [
        // The node controller takes Ready away from pods of a node that does not report, and leaves their containers as they were.
        pod.spec.readinessGates.length === 0 && ready.reason === undefined
          ? podTrouble('lost', 'NodeNotReady', ready.message, ready.lastTransitionTime)
          : podTrouble('not-ready', ready.reason ?? 'ReadinessGatesNotReady', ready.message, ready.lastTransitionTime),
      ]
    : [];
}

/** True or false as the pod's condition says, else as its containers say. Undefined: neither says anything. */
export function isReady(pod: Pod): boolean | undefined {
  const ready = readyCondition(pod);
  if (ready !== undefined) return ready.status === 'True';
  const { containerStatuses } = pod.status;
  return containerStatuses.length === 0 ? undefined : containerStatuses.every((status) => status.ready === true);
}

/**
 * A program that starts for the first time in its pod: no probe sets a deadline for becoming ready, and half a minute more
 * or less is a matter of caches and classes to load. One that was ended before has shown that it is not only slow.
 */
const firstStartMilliseconds = millisecondsPerMinute;

/** True where the container has had the time that its own probes allow, or was ready before and lost it. */
function isPastStart(pod: Pod, status: ContainerStatus, notReadySince: Instant | undefined, now: Instant): boolean {
  const startedAt = status.state.running?.startedAt;
  if (startedAt === undefined) return false;
  const container = [...pod.spec.containers, ...pod.spec.initContainers].find((each) => each.name === status.name);
  const allowed = container === undefined ? 0 : startAllowanceMilliseconds(container);
  const wasReadyBefore = notReadySince !== undefined && notReadySince > startedAt + allowed;
  const isFirstStart = (status.restartCount ?? 0) === 0 && status.lastState.terminated === undefined;
  return wasReadyBefore || now - startedAt > (isFirstStart ? Math.max(firstStartMilliseconds, allowed) : allowed);
}

/** How long a container may take to become ready by its own probes. At least half a minute: readiness is reported with a delay. */
function startAllowanceMilliseconds(container: Container): number {
  const seconds = [container.startupProbe, container.readinessProbe].reduce(
    (sum, probe) =>
      probe === undefined
        ? sum
        : sum +
          (probe.initialDelaySeconds ?? 0) +
          (probe.periodSeconds ?? defaultProbePeriodSeconds) * (probe.failureThreshold ?? defaultFailureThreshold),
    0,
  );
  return Math.max(30, seconds) * millisecondsPerSecond;
}

export function readyCondition(pod: Pod): Pod['status']['conditions'][number] | undefined {
  return pod.status.conditions.find((condition) => condition.type === 'Ready');
}

function scheduledAt(pod: Pod): Instant | undefined {
  return pod.status.conditions.find((condition) => condition.type === 'PodScheduled' && condition.status === 'True')?.lastTransitionTime;
}

function failedAt(pod: Pod): Instant | undefined {
  const ends = pod.status.containerStatuses.flatMap((status) => status.state.terminated?.finishedAt ?? []);
  return ends.length > 0 ? Math.max(...ends) : (readyCondition(pod)?.lastTransitionTime ?? pod.status.startTime);
}

function podTrouble(kind: Trouble['kind'], reason: string, message: string | undefined, since: Instant | undefined): Trouble {
  return { kind, container: undefined, isInit: false, reason, message, exitCode: undefined, since };
}

function containerTrouble(kind: Trouble['kind'], status: ContainerStatus, reason: string, message: string | undefined): Trouble {
  return { kind, container: status.name, isInit: false, reason, message, exitCode: undefined, since: undefined };
}
