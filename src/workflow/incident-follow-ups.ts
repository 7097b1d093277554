import { tellingInvestigation } from '../domain/telling-investigation.ts';
import type { Incident } from '../domain/incident.ts';
import type { Instant } from '../domain/instant.ts';
import type { LooseEnd } from '../domain/loose-end.ts';
import { spokenSubject } from '../domain/subject.ts';
import { type FollowUp, reminderOf } from '../reasoning/follow-ups.ts';
import { isInForce } from './repair-gate.ts';

export interface Closing {
  readonly looseEnds: readonly LooseEnd[];
  readonly now: Instant;
  /** IANA name of where the engineer is. Absent: UTC. */
  readonly timeZone?: string;
  /** True: there is something to be reminded of, although nothing was done and no ticket comes of it. Absent: no. */
  readonly isReminderMissing?: true;
}

/** What must survive the night once the incident is closed: tickets of the diagnosis, what was left, and one reminder. */
export function incidentFollowUps(incident: Incident, { looseEnds, now, timeZone, isReminderMissing }: Closing): readonly FollowUp[] {
  const found = tellingInvestigation(incident)?.followUps ?? [];
  const gates = incident.attempts
    .filter(isInForce)
    .flatMap(({ plan }): readonly FollowUp[] =>
      plan.undoWhen === undefined
        ? []
        : [{ kind: 'gate', title: `Before putting ${spokenSubject(plan.subject)} back`, text: `Only when ${plan.undoWhen}` }],
    );
  const left = looseEnds.filter(({ state }) => state !== 'closed').map(ticketFor);
  const tickets = [...found.filter(({ kind }) => kind === 'ticket'), ...left];
  if (gates.length + tickets.length === 0 && incident.attempts.length === 0 && isReminderMissing !== true) return [];
  const title = found.find(({ kind }) => kind === 'reminder')?.title ?? 'Look again at what this incident changed';
  return [...gates, ...tickets, reminderOf(title, now, timeZone)];
}

/** Something failed, was diagnosed or was done, so that there is something to remember. */
export function hasFoundAnything({ attempts, investigations }: Pick<Incident, 'attempts' | 'investigations'>): boolean {
  const found = investigations.some(
    ({ investigation: { scope, hypotheses, mitigations } }) =>
      scope.failing.length > 0 || mitigations.length > 0 || hypotheses.some(({ root }) => root),
  );
  return found || attempts.length > 0;
}

function ticketFor({ subject, says, command, state }: LooseEnd): FollowUp {
  const title = `${state === 'open' ? 'Left open' : 'Kept for now'}: ${spokenSubject(subject)}`;
  return { kind: 'ticket', title, text: [says, ...(command === undefined ? [] : ['To put it back:', `  $ ${command}`])].join('\n') };
}
