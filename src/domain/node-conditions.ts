import { type Instant, millisecondsPerMinute } from './instant.ts';
import type { Condition } from './kubernetes/metadata.ts';
import type { Node } from './kubernetes/node.ts';

/** What a known condition of a node speaks of when it has another value than its healthy one. */
export type NodeConcern =
  | 'ready'
  | 'memory'
  | 'disk'
  | 'processes'
  | 'network'
  | 'kernel'
  | 'file-system'
  | 'runtime'
  | 'kubelet'
  | 'clock'
  | 'hardware';

interface KnownCondition {
  readonly healthy: 'True' | 'False';
  readonly concern: NodeConcern;
}

/**
 * Conditions of the kubelet, of node-problem-detector and of the agents of the large providers, with the value that means
 * health. A type that is not listed is never called unhealthy: which of its values is good cannot be known.
 */
const knownConditions: { readonly [type: string]: KnownCondition } = {
  Ready: { healthy: 'True', concern: 'ready' },
  MemoryPressure: { healthy: 'False', concern: 'memory' },
  DiskPressure: { healthy: 'False', concern: 'disk' },
  PIDPressure: { healthy: 'False', concern: 'processes' },
  NetworkUnavailable: { healthy: 'False', concern: 'network' },
  KernelDeadlock: { healthy: 'False', concern: 'kernel' },
  ReadonlyFilesystem: { healthy: 'False', concern: 'file-system' },
  FilesystemCorruptionProblem: { healthy: 'False', concern: 'file-system' },
  XfsShutdown: { healthy: 'False', concern: 'file-system' },
  CorruptDockerOverlay2: { healthy: 'False', concern: 'file-system' },
  FrequentUnregisterNetDevice: { healthy: 'False', concern: 'network' },
  FrequentKubeletRestart: { healthy: 'False', concern: 'kubelet' },
  KubeletUnhealthy: { healthy: 'False', concern: 'kubelet' },
  KubeletProblem: { healthy: 'False', concern: 'kubelet' },
  FrequentDockerRestart: { healthy: 'False', concern: 'runtime' },
  FrequentContainerdRestart: { healthy: 'False', concern: 'runtime' },
  ContainerRuntimeUnhealthy: { healthy: 'False', concern: 'runtime' },
  ContainerRuntimeProblem: { healthy: 'False', concern: 'runtime' },
  NTPProblem: { healthy: 'False', concern: 'clock' },
  CperHardwareErrorFatal: { healthy: 'False', concern: 'hardware' },
  KernelReady: { healthy: 'True', concern: 'kernel' },
  StorageReady: { healthy: 'True', concern: 'file-system' },
  NetworkingReady: { healthy: 'True', concern: 'network' },
  ContainerRuntimeReady: { healthy: 'True', concern: 'runtime' },
  AcceleratedHardwareReady: { healthy: 'True', concern: 'hardware' },
};

/** Known conditions about the concern that have their unhealthy value. "Unknown" is not one of them, except for Ready. */
export function unhealthyConditions(node: Node, concern: NodeConcern): readonly Condition[] {
  return node.status.conditions.filter((condition) => {
    const known = condition.type === undefined ? undefined : knownConditions[condition.type];
    if (known === undefined || known.concern !== concern || condition.status === undefined || condition.status === known.healthy)
      return false;
    return concern === 'ready' || condition.status !== 'Unknown';
  });
}

/** Known conditions of any concern that have their unhealthy value. */
export function allUnhealthyConditions(node: Node): readonly Condition[] {
  const concerns = new Set(Object.values(knownConditions).map((each) => each.concern));
  return [...concerns].flatMap((concern) => unhealthyConditions(node, concern));
}

/** A machine that has just registered starts its network plugin and its drivers first; a slow image takes it some minutes. */
const joiningMilliseconds = 5 * millisecondsPerMinute;

/** The first word about Ready comes with the registration; a later turn to False is a fall from Ready, however young the node is. */
const firstWordMilliseconds = millisecondsPerMinute;

/** Registered so lately that it is not Ready yet as a matter of course, and has not been Ready before. */
export function isJoining(node: Node, now: Instant): boolean {
  const { creationTimestamp } = node.metadata;
  const ready = readyOf(node);
  if (creationTimestamp === undefined || ready?.status !== 'False') return false;
  const wasReady = ready.lastTransitionTime !== undefined && ready.lastTransitionTime - creationTimestamp > firstWordMilliseconds;
  return now - creationTimestamp < joiningMilliseconds && !wasReady;
}

export function readyOf(node: Node): Condition | undefined {
  return node.status.conditions.find((condition) => condition.type === 'Ready');
}
