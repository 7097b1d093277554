import { type Citation, citeObject } from '../domain/citation.ts';
import { eventIndex, firstSeenAt } from '../domain/event-index.ts';
import { clockTime, type Instant, millisecondsPerSecond } from '../domain/instant.ts';
import type { ContainerStatus, Pod } from '../domain/kubernetes/pod.ts';
import type { Replica } from '../domain/replica.ts';
import type { FactSource } from './fact-source.ts';

export interface FirstFailure {
  readonly at: Instant;
  readonly says: string;
  readonly citation: Citation;
}

/** A pod's conditions are set as it starts; a Ready condition that changed later than this had been true before. */
const startMilliseconds = 10 * millisecondsPerSecond;

/**
 * The earliest thing that the API still knows about this replica's failing. A container keeps only the end of its last
 * incarnation, so for one that crashes again and again the first warning about it is what dates the trouble.
 */
export function firstFailureOf(replica: Replica, facts: FactSource): FirstFailure | undefined {
  const { pod } = replica;
  const signs = [...containerEnds(pod), ...lostReadiness(pod), ...warnings(pod, facts)];
  const [first] = signs.toSorted((left, right) => left.at - right.at);
  if (first !== undefined || replica.failingSince === undefined) return first;
  const says = `${podName(pod)} has been failing since ${clockTime(replica.failingSince)}.`;
  return { at: replica.failingSince, says, citation: citeObject(pod, replica.troubles[0]?.reason ?? 'not healthy', replica.failingSince) };
}

function containerEnds(pod: Pod): readonly FirstFailure[] {
  return [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].flatMap((status) => [
    ...endOf(pod, status, 'state'),
    ...endOf(pod, status, 'lastState'),
  ]);
}

function endOf(pod: Pod, status: ContainerStatus, field: 'state' | 'lastState'): readonly FirstFailure[] {
  const end = status[field].terminated;
  if (end?.finishedAt === undefined || end.exitCode === undefined || end.exitCode === 0) return [];
  const shows = `status.containerStatuses[${status.name}].${field}.terminated: ${end.reason ?? 'Error'}, exit code ${end.exitCode}`;
  const says = `Container ${status.name} of ${podName(pod)} ended with ${end.reason ?? 'an error'} at ${clockTime(end.finishedAt)}.`;
  return [{ at: end.finishedAt, says, citation: citeObject(pod, shows, end.finishedAt) }];
}

/** Only where the pod had been ready: one that never was is dated by what went wrong, not by its creation. */
function lostReadiness(pod: Pod): readonly FirstFailure[] {
  const ready = pod.status.conditions.find((condition) => condition.type === 'Ready');
  const started = pod.status.startTime ?? pod.metadata.creationTimestamp;
  const at = ready?.lastTransitionTime;
  if (ready === undefined || ready.status === 'True' || at === undefined || started === undefined || at - started <= startMilliseconds)
    return [];
  const says = `${podName(pod)} stopped being ready at ${clockTime(at)}.`;
  return [{ at, says, citation: citeObject(pod, `condition Ready: ${ready.status ?? ''} (${ready.reason ?? 'no reason'})`, at) }];
}

function warnings(pod: Pod, facts: FactSource): readonly FirstFailure[] {
  const events = facts.get('events');
  return (events === undefined ? [] : eventIndex(events).about(pod))
    .filter((event) => event.type === 'Warning')
    .flatMap((event) => {
      const at = firstSeenAt(event);
      if (at === undefined) return [];
      const says = `${podName(pod)} was first warned about at ${clockTime(at)}: ${event.reason ?? 'no reason'}.`;
      return [{ at, says, citation: citeObject(event, `${event.reason ?? ''}: ${event.message ?? ''}`, at) }];
    });
}

function podName(pod: Pod): string {
  return `Pod ${pod.metadata.name}`;
}
