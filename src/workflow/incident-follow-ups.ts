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
}

/** What must survive the night once the incident is closed: tickets of the diagnosis, what was left, and one reminder. */
export function incidentFollowUps(incident: Incident, { looseEnds, now, timeZone }: Closing): readonly FollowUp[] {
  const found = incident.investigations.at(-1)?.investigation.followUps ?? [];
  const gates = incident.attempts
    .filter(isInForce)
    .flatMap(({ plan }): readonly FollowUp[] =>
      plan.undoWhen === undefined
        ? []
        : [{ kind: 'gate', title: `Before putting ${spokenSubject(plan.subject)} back`, text: `Only when ${plan.undoWhen}` }],
    );
  const left = looseEnds.filter(({ state }) => state !== 'closed').map(ticketFor);
  const tickets = [...found.filter(({ kind }) => kind === 'ticket'), ...left];
  if (gates.length + tickets.length === 0 && incident.attempts.length === 0) return [];
  const title = found.find(({ kind }) => kind === 'reminder')?.title ?? 'Look again at what this incident changed';
  return [...gates, ...tickets, reminderOf(title, now, timeZone)];
}

function ticketFor({ subject, says, command, state }: LooseEnd): FollowUp {
  const title = `${state === 'open' ? 'Left open' : 'Kept for now'}: ${spokenSubject(subject)}`;
  return { kind: 'ticket', title, text: [says, ...(command === undefined ? [] : ['To put it back:', `  $ ${command}`])].join('\n') };
}
