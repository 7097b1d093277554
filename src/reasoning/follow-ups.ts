import type { FailureMode } from '../domain/failure-mode.ts';
import { formatInstant, type Instant, millisecondsPerDay, millisecondsPerHour } from '../domain/instant.ts';
import type { Investigation } from '../domain/investigation.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import { spokenSubject } from '../domain/subject.ts';
import { answerThreshold } from './weights.ts';

type FollowUp = Investigation['followUps'][number];

/** What must survive the night: the durable fix, the gate before things are put back, and the reminder to look again. */
export function followUps(found: { readonly hypotheses: readonly Hypothesis[]; readonly plans: readonly MitigationPlan[]; readonly catalogue: readonly FailureMode[]; readonly now: Instant }): readonly FollowUp[] {
  const roots = found.hypotheses.filter((each) => each.isRoot && each.confidence >= answerThreshold);
  const tickets = roots.slice(0, 3).map((root) => ticketFor(root, found.catalogue));
  const gates = found.plans.filter((plan) => plan.undoWhen !== undefined).slice(0, 1).map((plan): FollowUp => ({
    kind: 'gate', title: `Before putting ${spokenSubject(plan.subject)} back`, text: `Only when ${plan.undoWhen ?? ''}`,
  }));
  if (tickets.length === 0 && gates.length === 0) return [];
  const reminder: FollowUp = {
    kind: 'reminder',
    title: roots[0] === undefined ? 'Look again at what could not be told' : `Look again at ${spokenSubject(roots[0].subject)}`,
    text: 'Is the ticket taken, is everything put back, and has it stayed quiet? What is not written down at night is forgotten by the stand-up.',
    due: formatInstant(nextMorning(found.now)),
  };
  return [...gates, ...tickets, reminder];
}

function ticketFor(root: Hypothesis, catalogue: readonly FailureMode[]): FollowUp {
  const mode = catalogue.find((each) => each.id === root.failureMode);
  const lines = [
    root.finding.because.map((each) => each.says).join(' '),
    ...(root.finding.contributing ?? []).map((each) => `Contributing: ${each.says}`),
    ...(mode === undefined ? [] : [`Fix: ${mode.explanation.whatFixesIt}`, `Prevent: ${mode.explanation.howToPreventIt}`]),
  ];
  return { kind: 'ticket', title: `${root.title}: ${spokenSubject(root.subject)}`, text: lines.join('\n') };
}

/** Nine o'clock UTC on the next day; who knows the engineer's time zone moves it. */
function nextMorning(now: Instant): Instant {
  return Math.floor(now / millisecondsPerDay + 1) * millisecondsPerDay + 9 * millisecondsPerHour;
}
