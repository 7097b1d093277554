import type { Collection } from './collection.ts';
import { eventIndex, isRecentEvent } from './event-index.ts';
import type { Instant } from './instant.ts';
import type { Event } from './kubernetes/workload.ts';
import type { Replicas } from './replica.ts';

/** A pod's sandbox, which holds its network, could not be made on a node. */
export interface FailedSandbox {
  readonly node: string;
  readonly event: Event;
}

/** Of pods that still wait: those that run by now, or are gone, got over it. */
export function failedSandboxes(facts: {
  readonly now: Instant;
  readonly replicas: Replicas;
  readonly events: Collection<Event> | undefined;
}): readonly FailedSandbox[] {
  const events = facts.events === undefined ? [] : eventIndex(facts.events).withReason('FailedCreatePodSandBox');
  return events.flatMap((event): readonly FailedSandbox[] => {
    const replica = facts.replicas.ofPod(event.involvedObject.namespace, event.involvedObject.name);
    const node = replica?.pod.spec.nodeName;
    const isWaiting = replica?.health === 'failing' || replica?.health === 'starting';
    return node === undefined || !isWaiting || !isRecentEvent(event, facts.now) ? [] : [{ node, event }];
  });
}
