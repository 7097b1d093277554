import { type Citation, citeObject } from '../domain/citation.ts';
import { eventIndex, firstSeenAt, lastSeenAt } from '../domain/event-index.ts';
import { clockTime, type Instant, millisecondsPerMinute, millisecondsPerSecond } from '../domain/instant.ts';
import type { ContainerStatus, Pod } from '../domain/kubernetes/pod.ts';
import type { Replica } from '../domain/replica.ts';
import type { FactSource } from './fact-source.ts';

/** One sign that the trouble had begun by then. */
export interface Sign {
  readonly at: Instant;
  readonly says: string;
  readonly citation: Citation;
}

/** A pod's conditions are set as it starts; a Ready condition that changed later than this had been true before. */
const startMilliseconds = 10 * millisecondsPerSecond;

/** A complaint that was last repeated longer than this before the pod stopped being ready was about something that healed. */
const relatedMilliseconds = 2 * millisecondsPerMinute;

/**
 * The earliest thing that the API still knows about this replica's failing. A container keeps only the end of its last
 * incarnation, so for one that crashes again and again the first warning about it is what dates the trouble.
 */
export function firstFailureOf(replica: Replica, facts: FactSource): Sign | undefined {
  const { pod } = replica;
  const lost = lostReadiness(pod);
  const signs = [...containerEnds(pod), ...lost, ...warnings(pod, facts, (lost[0]?.at ?? 0) - relatedMilliseconds)];
  const [first] = signs.toSorted((left, right) => left.at - right.at);
  if (first !== undefined || replica.failingSince === undefined) return first;
  const says = `${podName(pod)} has been failing since ${clockTime(replica.failingSince)}.`;
  return { at: replica.failingSince, says, citation: citeObject(pod, replica.troubles[0]?.reason ?? 'not healthy', replica.failingSince) };
}

function containerEnds(pod: Pod): readonly Sign[] {
  return [...pod.status.initContainerStatuses, ...pod.status.containerStatuses].flatMap((status) => [
    ...endOf(pod, status, 'state'),
    ...endOf(pod, status, 'lastState'),
  ]);
}

function endOf(pod: Pod, status: ContainerStatus, field: 'state' | 'lastState'): readonly Sign[] {
  const end = status[field].terminated;
  if (end?.finishedAt === undefined || end.exitCode === undefined || end.exitCode === 0) return [];
  const shows = `status.containerStatuses[${status.name}].${field}.terminated: ${end.reason ?? 'Error'}, exit code ${end.exitCode}`;
  const says = `Container ${status.name} of ${podName(pod)} ended with ${end.reason ?? 'an error'} at ${clockTime(end.finishedAt)}.`;
  return [{ at: end.finishedAt, says, citation: citeObject(pod, shows, end.finishedAt) }];
}

/** Only where the pod had been ready: one that never was is dated by what went wrong, not by its creation. */
function lostReadiness(pod: Pod): readonly Sign[] {
  const ready = pod.status.conditions.find((condition) => condition.type === 'Ready');
  const started = pod.status.startTime ?? pod.metadata.creationTimestamp;
  const at = ready?.lastTransitionTime;
  if (ready === undefined || ready.status === 'True' || at === undefined || started === undefined || at - started <= startMilliseconds)
    return [];
  const says = `${podName(pod)} stopped being ready at ${clockTime(at)}.`;
  return [{ at, says, citation: citeObject(pod, `condition Ready: ${ready.status ?? ''} (${ready.reason ?? 'no reason'})`, at) }];
}

function warnings(pod: Pod, facts: FactSource, repeatedSince: Instant): readonly Sign[] {
  const events = facts.get('events');
  const about = events === undefined ? [] : eventIndex(events).about(pod);
  return about.flatMap((event) => {
    const at = firstSeenAt(event);
    if (event.type !== 'Warning' || at === undefined || (lastSeenAt(event) ?? at) < repeatedSince) return [];
    const says = `${podName(pod)} was first warned about at ${clockTime(at)}: ${event.reason ?? 'no reason'}.`;
    return [{ at, says, citation: citeObject(event, `${event.reason ?? ''}: ${(event.message ?? '').slice(0, 300)}`, at) }];
  });
}

function podName(pod: Pod): string {
  return `Pod ${pod.metadata.name}`;
}
