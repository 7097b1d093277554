import type { Incident } from '../../domain/incident.ts';
import { incidentFollowUps } from '../../workflow/incident-follow-ups.ts';
import { looseEndsOf } from '../../workflow/loose-ends.ts';
import { type Acting, happened, type StepOutcome } from './acting.ts';

/** Ends the incident: what it left is listed, and what is kept on purpose goes into the follow-up. */
export async function closeIncident(
  { tidy, debugPods, clock, timeZone }: Acting,
  incident: Incident,
  signal: AbortSignal,
): Promise<StepOutcome> {
  await tidy();
  const looseEnds = looseEndsOf(incident, await debugPods(signal));
  return happened({ kind: 'closed', looseEnds, followUps: incidentFollowUps(incident, { looseEnds, now: clock.now(), timeZone }) });
}
