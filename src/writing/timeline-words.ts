import type { ChangeResult } from '../domain/change-result.ts';
import { isWell, sidesOf } from '../domain/how-it-stands.ts';
import type { Attempt } from '../domain/incident.ts';
import type { IncidentEvent, Judgement } from '../domain/incident-event.ts';
import type { Investigation } from '../domain/investigation.ts';
import { commandToChange } from '../domain/kubectl-commands.ts';
import type { LooseEnd } from '../domain/loose-end.ts';
import type { Proof } from '../domain/proof.ts';
import { spokenSubject } from '../domain/subject.ts';
import { commandOf, judgementWords, resultWords, spokenSides } from './acting-words.ts';
import { spokenDue } from './spoken.ts';

export interface EntryWords {
  readonly title: string;
  readonly text?: string;
  readonly command?: string;
  readonly tone: 'neutral' | 'good' | 'bad' | 'doubtful';
}

/** What an event says, in one line and what belongs below it. `attempt`: the one that it is part of, with the event in it. */
export function describeEvent(event: IncidentEvent, attempt: Attempt | undefined): EntryWords {
  switch (event.kind) {
    case 'opened':
      return event.alert === undefined
        ? { title: 'Somebody looks; nobody was paged.', tone: 'neutral' }
        : { title: `Paged: ${event.alert.name}`, text: event.alert.summary, tone: 'bad' };
    case 'investigated':
      return { title: event.investigation.summary, tone: outcomeTones[event.investigation.outcome] };
    case 'joined':
      return { title: `It is worked on in ${event.incident}.`, text: event.because, tone: 'neutral' };
    case 'aborted':
      return { title: 'Stopped. What was done stays until it is undone.', text: event.because, tone: 'bad' };
    case 'closed':
      return { title: 'Closed.', text: closingLines(event).join('\n'), tone: hasOpenEnd(event.looseEnds) ? 'doubtful' : 'good' };
    case 'paged':
    case 'acknowledged':
    case 'notes-written':
    case 'delivered':
      return describeNews(event);
    case 'plan-unfit':
      return { title: `Passed over: ${event.plan.id}, ${spokenSubject(event.plan.subject)}`, text: event.because, tone: 'doubtful' };
    case 'no-plan':
      return { title: 'No plan is left.', text: event.because, tone: 'doubtful' };
    default:
      return describeActing(event, attempt);
  }
}

type News = Extract<IncidentEvent, { readonly kind: 'paged' | 'acknowledged' | 'notes-written' | 'delivered' }>;

/** What came in from people and programs outside, and what they were told. */
function describeNews(event: News): EntryWords {
  switch (event.kind) {
    case 'paged':
      return event.state === 'resolved'
        ? { title: `The pager says that ${event.alert.name} is over.`, text: event.alert.summary, tone: 'good' }
        : { title: `Paged as well: ${event.alert.name}`, text: event.alert.summary, tone: 'bad' };
    case 'acknowledged':
      return { title: `${event.by} has seen it.`, tone: 'neutral' };
    case 'notes-written':
      return { title: `${event.by} wrote notes.`, tone: 'neutral' };
    case 'delivered':
      return { title: `Told ${event.target}: ${event.what}`, ...(event.link === undefined ? {} : { text: event.link }), tone: 'neutral' };
  }
}

type ActingEvent = Extract<IncidentEvent, { readonly attempt: number }>;

function describeActing(event: ActingEvent, attempt: Attempt | undefined): EntryWords {
  const which = `attempt ${event.attempt}`;
  switch (event.kind) {
    case 'plan-chosen':
      return describePlan(event);
    case 'approved': {
      const { how, by } = event.approval;
      return { title: how === 'human' ? `${by} approved ${which}.` : `The policy approved ${which}: ${by}`, tone: 'good' };
    }
    case 'declined':
      return { title: `Not carried out: ${which}.`, text: event.because, tone: 'neutral' };
    case 'answered':
      return { title: `${event.by} said ${event.answer} to ${which}.`, ...textOf(event.because), tone: 'neutral' };
    case 'evidence-saved':
      return { title: 'Saved the evidence first.', text: event.path, tone: 'good' };
    case 'change-begun':
      return { title: event.direction === 'do' ? 'Carrying out' : 'Putting back', ...commandIn(event, attempt), tone: 'neutral' };
    case 'change-ended':
      return describeEnd(event, attempt);
    case 'observed':
      return describeObservation(event, attempt);
    case 'judged':
      return { title: judgementWords[event.judgement], text: event.because.join('\n'), tone: judgementTones[event.judgement] };
    case 'undo-asked':
      return { title: `Putting ${which} back.`, text: event.because, tone: 'neutral' };
    case 'gate-checked':
      return describeGate(event.proofs);
  }
}

function textOf(text: string | undefined): Pick<EntryWords, 'text'> {
  return text === undefined ? {} : { text };
}

const outcomeTones: { readonly [Outcome in Investigation['outcome']]: EntryWords['tone'] } = {
  explained: 'bad',
  healthy: 'good',
  'cannot-tell': 'doubtful',
};

const judgementTones: { readonly [Is in Judgement]: EntryWords['tone'] } = {
  confirmed: 'good',
  worse: 'bad',
  'no-better': 'bad',
  'cannot-tell': 'doubtful',
};

const resultTones: { readonly [State in ChangeResult['state']]: EntryWords['tone'] } = {
  done: 'good',
  'already-so': 'good',
  'not-done': 'doubtful',
  'held-back': 'doubtful',
  overtaken: 'doubtful',
  refused: 'bad',
  unknown: 'doubtful',
};

function describePlan({ attempt, purpose, plan }: Extract<IncidentEvent, { readonly kind: 'plan-chosen' }>): EntryWords {
  const aim = purpose === 'repair' ? 'to repair' : 'to stop the bleeding';
  return {
    title: `Attempt ${attempt}, ${aim}: ${plan.id}, ${spokenSubject(plan.subject)}`,
    text: `${plan.why.says}\n${plan.expectation}`,
    command: plan.changes.map(commandToChange).join('\n'),
    tone: 'neutral',
  };
}

type ChangeEvent = Extract<IncidentEvent, { readonly kind: 'change-begun' | 'change-ended' }>;

function commandIn({ index, direction }: ChangeEvent, attempt: Attempt | undefined): Pick<EntryWords, 'command'> {
  return attempt === undefined ? {} : { command: commandOf(attempt, index, direction) };
}

function describeEnd(event: Extract<IncidentEvent, { readonly kind: 'change-ended' }>, attempt: Attempt | undefined): EntryWords {
  const { direction, result } = event;
  const words = resultWords[result.state];
  return {
    title: `${direction === 'do' ? 'Carrying out' : 'Putting back'}: ${words}.`,
    text: result.detail,
    ...commandIn(event, attempt),
    tone: resultTones[result.state],
  };
}

function describeObservation(
  { observation }: Extract<IncidentEvent, { readonly kind: 'observed' }>,
  attempt: Attempt | undefined,
): EntryWords {
  if (attempt === undefined) return { title: 'Looked how it stands.', tone: 'neutral' };
  const compared = { appliedAt: attempt.appliedAt ?? attempt.chosenAt, baseline: attempt.baseline };
  const sides = spokenSides(observation, compared);
  return {
    title: sides.length === 0 ? 'Nothing could be watched.' : sides.join(' · '),
    tone: isWell(sidesOf(observation, compared)) ? 'good' : 'doubtful',
  };
}

const marks = { yes: '✓', no: '✗', 'cannot-tell': '? cannot tell:' } as const;

function describeGate(proofs: readonly Proof[]): EntryWords {
  const held = proofs.filter(({ holds }) => holds === 'yes').length;
  return {
    title: `The gate: ${held} of ${proofs.length} proofs hold.`,
    text: proofs.map(({ holds, claim }) => `${marks[holds]} ${claim}`).join('\n'),
    tone: held === proofs.length ? 'good' : proofs.some(({ holds }) => holds === 'no') ? 'bad' : 'doubtful',
  };
}

function hasOpenEnd(looseEnds: readonly LooseEnd[]): boolean {
  return looseEnds.some(({ state }) => state === 'open');
}

function closingLines({ looseEnds, followUps }: Extract<IncidentEvent, { readonly kind: 'closed' }>): readonly string[] {
  return [
    ...(looseEnds.length === 0 ? ['Nothing was left in the cluster.'] : looseEnds.map(({ says, state }) => `${endWords[state]}${says}`)),
    ...followUps.map(
      ({ kind, title, due, timeZone }) => `${kind}: ${title}${due === undefined ? '' : `, due ${spokenDue(due, timeZone)}`}`,
    ),
  ];
}

const endWords: { readonly [State in LooseEnd['state']]: string } = { closed: '', carried: 'Kept: ', open: 'Left open: ' };
