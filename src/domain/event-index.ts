import { type Citation, citeObject } from './citation.ts';
import { type Collection, groupBy } from './collection.ts';
import { type Instant, millisecondsPerMinute } from './instant.ts';
import type { Event } from './kubernetes/workload.ts';

/** Controllers and kubelets repeat a complaint at the latest after their longest back-off, a quarter of an hour; what is older is over. */
export const recentEventMilliseconds = 20 * millisecondsPerMinute;

interface Referent {
  readonly kind: string;
  readonly metadata: { readonly namespace: string | undefined; readonly name: string; readonly uid: string | undefined };
}

/** Events by the object that they are about. */
export interface EventIndex {
  /** Matched by uid where both sides have one: a new object of an old name has nothing to do with its namesake's events. */
  readonly about: (object: Referent) => readonly Event[];
  readonly withReason: (reason: string) => readonly Event[];
}

const indexes = new WeakMap<Collection<Event>, EventIndex>();

/** The index is made once per collection and shared by all rules. */
export function eventIndex(events: Collection<Event>): EventIndex {
  const made = indexes.get(events) ?? makeIndex(events.all);
  indexes.set(events, made);
  return made;
}

function makeIndex(events: readonly Event[]): EventIndex {
  const byObject = groupBy(events, ({ involvedObject: about }) => objectKey(about.kind, about.namespace, about.name));
  const byReason = groupBy(events, (event) => event.reason);
  return {
    about: ({ kind, metadata }) =>
      (byObject.get(objectKey(kind, metadata.namespace, metadata.name)) ?? []).filter(
        // The kubelet writes its node's name where the uid belongs.
        ({ involvedObject }) =>
          involvedObject.uid === undefined ||
          metadata.uid === undefined ||
          involvedObject.uid === metadata.uid ||
          (kind === 'Node' && involvedObject.uid === metadata.name),
      ),
    withReason: (reason) => byReason.get(reason) ?? [],
  };
}

function objectKey(kind: string | undefined, namespace: string | undefined, name: string | undefined): string {
  return `${kind ?? ''}/${namespace ?? ''}/${name ?? ''}`;
}

/** Events about the object that were repeated lately, last first. Undefined events: they could not be read, which gives none. */
export function recentEvents(events: Collection<Event> | undefined, object: Referent, now: Instant): readonly Event[] {
  if (events === undefined) return [];
  return eventIndex(events)
    .about(object)
    .filter((event) => isRecentEvent(event, now))
    .toSorted((left, right) => (lastSeenAt(right) ?? 0) - (lastSeenAt(left) ?? 0));
}

/** A kubelet lets 25 events about one pod through and from then on one in five minutes (client-go's event spam filter). */
const eventBurst = 25;
/** For so long what is repeated a few times a minute can keep all else about a pod from being told again. */
const outspokenMilliseconds = 120 * millisecondsPerMinute;

/**
 * Events about a pod that still fails. While its kubelet has tokens left these are the recent ones; after that the back-offs
 * take them all, and a complaint may not be heard again for an hour although it is as true as before.
 */
export function standingEvents(events: Collection<Event> | undefined, object: Referent, now: Instant): readonly Event[] {
  if (events === undefined) return [];
  const about = eventIndex(events).about(object);
  const told = about.reduce((sum, event) => sum + timesSeen(event), 0);
  if (told < eventBurst) return recentEvents(events, object, now);
  return eventsSince(events, object, now - outspokenMilliseconds);
}

/**
 * Events about the object since it is in the state that it is still in, last first. Some are written once and not again, such
 * as the attach controller's "Multi-Attach": they hold for as long as that state lasts, however old they are.
 */
export function eventsSince(events: Collection<Event> | undefined, object: Referent, since: Instant | undefined): readonly Event[] {
  if (events === undefined || since === undefined) return [];
  return eventIndex(events)
    .about(object)
    .filter((event) => (lastSeenAt(event) ?? 0) >= since)
    .toSorted((left, right) => (lastSeenAt(right) ?? 0) - (lastSeenAt(left) ?? 0));
}

export function isRecentEvent(event: Event, now: Instant): boolean {
  const at = lastSeenAt(event);
  return at !== undefined && now - at < recentEventMilliseconds;
}

/** Absent: the event carries no time at all. */
export function lastSeenAt(event: Event): Instant | undefined {
  return event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp;
}

export function firstSeenAt(event: Event): Instant | undefined {
  return event.firstTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? event.lastTimestamp;
}

export function timesSeen(event: Event): number {
  return event.series?.count ?? event.count ?? 1;
}

export function citeEvent(event: Event): Citation {
  const times = timesSeen(event) > 1 ? ` (${timesSeen(event)} times)` : '';
  return citeObject(event, `${event.reason ?? 'event'}${times}: ${(event.message ?? '').slice(0, 300)}`, lastSeenAt(event));
}
