import type { Claim } from '../domain/citation.ts';
import type { FailureMode } from '../domain/failure-mode.ts';
import { formatInstant, type Instant } from '../domain/instant.ts';
import type { Investigation } from '../domain/investigation.ts';
import type { MitigationPlan } from '../domain/mitigation.ts';
import type { Hypothesis } from '../domain/reasoned.ts';
import { spokenSubject, subjectKey } from '../domain/subject.ts';
import type { Assessment } from './assess.ts';
import { isAnswer } from './diagnose.ts';
import { commandToSee } from '../domain/kubectl-commands.ts';
import { nextMorning } from './next-morning.ts';
import { lowerFirst, whoFails } from './summarise.ts';
import { sufferersOf } from './trace-cascade.ts';

export type FollowUp = Investigation['followUps'][number];

export interface Found {
  readonly hypotheses: readonly Hypothesis[];
  readonly plans: readonly MitigationPlan[];
  readonly catalogue: readonly FailureMode[];
  readonly assessment: Assessment;
  /** IANA name of where the engineer is, for the reminder. Absent: UTC. */
  readonly timeZone?: string;
}

/** What must survive the night: the durable fix, the gate before things are put back, and the reminder to look again. */
export function followUps(found: Found): readonly FollowUp[] {
  const roots = found.hypotheses.filter(isAnswer);
  const tickets = roots.slice(0, 3).map((root) => ticketFor(root, found));
  const gates = found.plans
    .filter((plan) => plan.undoWhen !== undefined)
    .slice(0, 1)
    .map(
      (plan): FollowUp => ({
        kind: 'gate',
        title: `Before putting ${spokenSubject(plan.subject)} back`,
        text: `Only when ${plan.undoWhen ?? ''}`,
      }),
    );
  if (tickets.length === 0 && gates.length === 0) return [];
  const title = roots[0] === undefined ? 'Look again at what could not be told' : `Look again at ${spokenSubject(roots[0].subject)}`;
  return [...gates, ...tickets, reminderOf(title, found.assessment.snapshot.takenAt, found.timeZone)];
}

/** `timeZone`: IANA name of where the engineer is. Absent: UTC. */
export function reminderOf(title: string, now: Instant, timeZone: string | undefined): FollowUp {
  return {
    kind: 'reminder',
    title,
    text: 'Is the ticket taken, is everything put back, and has it stayed quiet? What is not written down at night is forgotten by the stand-up.',
    due: formatInstant(nextMorning(now, timeZone)),
    ...(timeZone === undefined ? {} : { timeZone }),
  };
}

/** A ticket is read by who was not there: these show it best; the rest is in the incident notes. */
const piecesOfEvidence = 3;

/** What happened, how it is known, what to do about it. Lines; those that begin with "- " are items, those with "  $ " the commands behind them. */
function ticketFor(root: Hypothesis, found: Found): FollowUp {
  const mode = found.catalogue.find((each) => each.id === root.failureMode);
  const { because, contributing = [] } = root.finding;
  const lines = [
    ...whatHappened(root, found),
    'Evidence:',
    ...because.slice(0, piecesOfEvidence).flatMap(pieceOfEvidence),
    ...(contributing.length === 0 ? [] : ['Made possible by:', ...contributing.map((each) => `- ${line(each.says)}`)]),
    ...(mode === undefined ? [] : [`Fix: ${mode.explanation.whatFixesIt}`, `Prevent: ${mode.explanation.howToPreventIt}`]),
  ];
  return { kind: 'ticket', title: `${root.title}: ${spokenSubject(root.subject)}`, text: lines.join('\n') };
}

function whatHappened(root: Hypothesis, { assessment, hypotheses }: Found): readonly string[] {
  const { question, snapshot } = assessment;
  const seenUntil = `Seen until ${formatInstant(snapshot.takenAt)}${question.alert === undefined ? '' : `; the page: "${line(question.alert.summary)}"`}.`;
  if (sufferersOf(root, hypotheses, assessment).length === 0) return [seenUntil];
  const { target } = assessment.scope;
  const isItsOwn = target !== undefined && subjectKey(target) === subjectKey(root.subject);
  const why = lowerFirst(root.title) + (isItsOwn ? '' : ` (${spokenSubject(root.subject)})`);
  return [`${line(whoFails(assessment))}, because ${why}.`, seenUntil];
}

function pieceOfEvidence({ says, citing }: Claim): readonly string[] {
  return [`- ${line(says)}`, `  $ ${commandToSee(citing[0].of).replace(/\s*\n\s*/g, ' ')}`];
}

/** Words of the cluster must not begin lines of their own. */
function line(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
