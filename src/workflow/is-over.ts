import { type Incident, standingChanges } from '../domain/incident.ts';
import type { Instant } from '../domain/instant.ts';
import { isUnderWay } from './undoable.ts';

/** Names of the alerts whose latest page says that they fire. Empty where nobody was paged, too. */
export function firingAlerts({ cause, alert, pages }: Incident): readonly string[] {
  const latest = new Map<string, { readonly name: string; readonly isFiring: boolean }>();
  if (cause !== undefined) latest.set(cause.series, { name: alert?.name ?? 'the alert', isFiring: true });
  for (const page of pages) latest.set(page.series, { name: page.alert.name, isFiring: page.state === 'firing' });
  return [...new Set([...latest.values()].flatMap(({ name, isFiring }) => (isFiring ? [name] : [])))];
}

export function hasFiredSince({ pages }: Incident, since: Instant): boolean {
  return pages.some(({ at, state }) => state === 'firing' && at > since);
}

/** Something of ours is in force, or may come to be by itself. */
export function isInOurHands({ attempts }: Incident): boolean {
  return attempts.some((attempt) => (attempt.undoAsked === undefined && isUnderWay(attempt)) || standingChanges(attempt).length > 0);
}
