import { type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import type { GatheredBundle } from './gather-bundle.ts';
import { newestOf, newestTimes } from './object-shelf.ts';

/** Kubelets write the whole status of a node at least every five minutes: what is newer by more was not collected together. */
const heartbeatWithinMilliseconds = 10 * millisecondsPerMinute;

/**
 * When a bundle without a manifest was collected: the newest time that the cluster itself wrote. Heartbeats, leases,
 * events and pods are written all the while and so are close to the truth; times of files only say when somebody copied them.
 */
export function collectedAt(bundle: GatheredBundle): Instant {
  const { heartbeat, activity, anything } = newestTimes(bundle.objects);
  const alive = newestOf([heartbeat, activity]);
  if (heartbeat === undefined || alive === undefined) return newestOf([alive, anything]) ?? bundle.newestFileAt ?? 0;
  const isTogether = anything !== undefined && anything <= alive + heartbeatWithinMilliseconds;
  return isTogether ? Math.max(alive, anything) : alive;
}
