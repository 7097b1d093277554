import type { Instant } from '../domain/instant.ts';
import type { ContainerStatus } from '../domain/kubernetes/pod.ts';
import type { Replica } from '../domain/replica.ts';
import { recentEndMilliseconds } from './derive/pod-troubles.ts';

/** A probe or a leak ends one run a little later than another: who has run for twice as long as those that fail is well. */
const clearlyLonger = 2;

/**
 * Whether a replica that looks healthy has ended just now, and runs for no longer than its failing siblings do before they end:
 * it is between two ends as much as they are, and tells nothing about what separates it from them.
 */
export function isNotYetProven({ pod }: Replica, failing: readonly Replica[], now: Instant): boolean {
  return pod.status.containerStatuses.some((status) => {
    const startedAt = status.state.running?.startedAt;
    const endedAt = status.lastState.terminated?.finishedAt;
    if (startedAt === undefined || endedAt === undefined || now - endedAt > recentEndMilliseconds) return false;
    const runs = failing.flatMap((each) => lastRun(each.pod.status.containerStatuses.find(({ name }) => name === status.name)));
    return runs.length > 0 && now - startedAt < Math.max(...runs) * clearlyLonger;
  });
}

/** How long its last whole run took, in milliseconds. Empty: it had none, or it is not known. */
function lastRun(status: ContainerStatus | undefined): readonly number[] {
  const ended = status?.state.terminated ?? status?.lastState.terminated;
  return ended?.startedAt === undefined || ended.finishedAt === undefined ? [] : [ended.finishedAt - ended.startedAt];
}
