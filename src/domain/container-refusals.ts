import { type Citation, citeObject } from './citation.ts';
import type { Collection } from './collection.ts';
import { citeEvent, standingEvents } from './event-index.ts';
import type { Instant } from './instant.ts';
import type { Event } from './kubernetes/workload.ts';
import type { Replica, Replicas, Trouble } from './replica.ts';

/** Why a container was not made or started, in the words of the kubelet and of its runtime. */
export interface ContainerRefusal {
  readonly replica: Replica;
  readonly text: string;
  readonly citation: Citation;
}

/** Waiting reasons of the kubelet for a container that it tried to make or start. Source: kubernetes/pkg/kubelet/kuberuntime. */
const refused: ReadonlySet<string> = new Set([
  'CreateContainerError',
  'CreateContainerConfigError',
  'RunContainerError',
  'StartError',
  'ContainerCannotRun',
]);

export function isRefused({ kind, reason }: Trouble): boolean {
  return kind === 'waiting' && refused.has(reason);
}

/** By the container's own state, and by the events of its pod, which also tell of the pod's sandbox and of pulls. */
export function containerRefusals(facts: {
  readonly now: Instant;
  readonly replicas: Replicas | undefined;
  readonly events: Collection<Event> | undefined;
}): readonly ContainerRefusal[] {
  return (facts.replicas?.failing ?? []).flatMap((replica) => [
    ...replica.troubles
      .filter(isRefused)
      .flatMap(({ reason, message, since }) =>
        message === undefined
          ? []
          : [{ replica, text: message, citation: citeObject(replica.pod, `${reason}: ${message.slice(0, 250)}`, since) }],
      ),
    ...standingEvents(facts.events, replica.pod, facts.now)
      .filter(({ reason }) => reason === 'Failed' || reason === 'FailedCreatePodSandBox')
      .map((event) => ({ replica, text: event.message ?? '', citation: citeEvent(event) })),
  ]);
}
