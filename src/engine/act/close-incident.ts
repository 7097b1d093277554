import type { Incident } from '../../domain/incident.ts';
import type { Intention } from '../../domain/guard-rail.ts';
import type { Investigation } from '../../domain/investigation.ts';
import { assess } from '../../reasoning/assess.ts';
import { guardedSituation, warningsAbout } from '../../reasoning/guard-deeds.ts';
import { hasFoundAnything, incidentFollowUps } from '../../workflow/incident-follow-ups.ts';
import { looseEndsOf } from '../../workflow/loose-ends.ts';
import { type Acting, happened, type StepOutcome } from './acting.ts';
import type { Memory } from './memory.ts';

/** Ends the incident: what it left is listed, what is kept on purpose goes into the follow-up, and the guard rails are asked first. */
export async function closeIncident(
  acting: Acting,
  { incident, memory }: { readonly incident: Incident; readonly memory: Memory },
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { tidy, debugPods, clock, timeZone } = acting;
  await tidy();
  const looseEnds = looseEndsOf(incident, await debugPods(signal));
  const closing = { looseEnds, now: clock.now(), timeZone };
  const followUps = incidentFollowUps(incident, closing);
  const isReminderMissing = isWarnedOf({ followUps, incident }, acting, memory);
  return happened({
    kind: 'closed',
    looseEnds,
    followUps: isReminderMissing ? incidentFollowUps(incident, { ...closing, isReminderMissing }) : followUps,
  });
}

/** Whether a guard rail minds that it is closed with these follow-ups. */
function isWarnedOf(
  { followUps, incident }: { readonly followUps: Investigation['followUps']; readonly incident: Incident },
  { investigation: { question, guardRails }, clock }: Acting,
  { latest }: Memory,
): boolean {
  // A process that has looked at nothing goes by the record alone.
  const nothingRead = {
    takenAt: clock.now(),
    cluster: { source: 'live', name: incident.cluster, version: undefined },
    readings: {},
  } as const;
  const assessment = latest?.assessment ?? assess(question, nothingRead);
  const situation = guardedSituation(assessment, { hypotheses: latest?.hypotheses ?? [], plans: [] });
  const hasReminder = followUps.some(({ kind }) => kind === 'reminder');
  const intended: Intention = {
    deed: { kind: 'close-incident', hasReminder, hasFound: hasFoundAnything(incident) },
    isEvidenceSaved: true,
  };
  return warningsAbout(guardRails, intended, situation).length > 0;
}
