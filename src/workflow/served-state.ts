import type { Attempt, Incident } from '../domain/incident.ts';
import type { Instant } from '../domain/instant.ts';
import { nextStep } from './next-step.ts';
import { isGateOpen, isInForce, whyClosed } from './repair-gate.ts';
import { standingAnswer } from './standing-answer.ts';
import type { Resting } from './step.ts';

/** Where an incident can be, for people: what happens next depends on it. */
export const servedStates = [
  'queued',
  'investigating',
  'waiting-for-approval',
  'acting',
  'watching',
  'mitigated',
  'gate-closed',
  'needs-human',
  'nothing-to-do',
  'joined',
  'aborted',
  'closed',
] as const;
export type ServedState = (typeof servedStates)[number];

export interface ServedStanding {
  readonly state: ServedState;
  /** Why it rests, in words. Absent: it does not rest. */
  readonly because?: string;
}

export interface ServedMoment {
  /** Of the incident's last event. */
  readonly at: Instant;
  readonly now: Instant;
  /** As far as is known somebody works it at this moment. */
  readonly isAtWork: boolean;
}

export function servedStanding(incident: Incident, { at, now, isAtWork }: ServedMoment): ServedStanding {
  // Time stands still: what a later run would do anew is not where the incident is.
  const step = nextStep(incident, 'follow-through', { now: at, startedAt: at, patience: { soakMilliseconds: 0, withinMilliseconds: 0 } });
  if (step.kind === 'rest') return { state: restingStates[step.state], because: step.because };
  const isMitigated = incident.attempts.some((attempt) => isInForce(attempt) && attempt.judgement?.is === 'confirmed');
  switch (step.kind) {
    case 'investigate':
    case 'choose-plan':
      if (isMitigated) return afterMitigation(incident);
      return incident.investigations.length === 0 && !isAtWork ? { state: 'queued' } : { state: 'investigating' };
    case 'seek-approval':
      return seekingApproval(step.attempt, now);
    case 'observe':
      return { state: 'watching' };
    case 'record':
      return { state: step.happening.kind === 'judged' ? 'watching' : 'acting' };
    case 'check-gate':
    case 'close':
      return afterMitigation(incident);
    default:
      return { state: 'acting' };
  }
}

const restingStates: { readonly [State in Resting]: ServedState } = {
  closed: 'closed',
  mitigated: 'mitigated',
  'nothing-to-do': 'nothing-to-do',
  'needs-human': 'needs-human',
  'gate-closed': 'gate-closed',
  aborted: 'aborted',
  joined: 'joined',
  // Neither is where an incident that is followed through comes to rest.
  undone: 'needs-human',
  unsettled: 'needs-human',
};

function seekingApproval(attempt: Attempt, now: Instant): ServedStanding {
  return standingAnswer(attempt, now) === undefined
    ? { state: 'waiting-for-approval', because: `Somebody has to approve ${attempt.plan.id}, or decline it.` }
    : { state: 'acting' };
}

/** What is there for the time being waits for its proofs. */
function afterMitigation({ attempts }: Incident): ServedStanding {
  const closed = attempts.findLast((attempt) => isInForce(attempt) && attempt.proofs !== undefined && !isGateOpen(attempt.proofs.all));
  return closed?.proofs === undefined ? { state: 'mitigated' } : { state: 'gate-closed', because: whyClosed(closed.proofs.all) };
}
