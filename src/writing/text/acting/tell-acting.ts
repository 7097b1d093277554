import { type Attempt, type Incident, standingChanges } from '../../../domain/incident.ts';
import type { IncidentEvent } from '../../../domain/incident-event.ts';
import { clockTime, millisecondsPerSecond } from '../../../domain/instant.ts';
import type { Proof } from '../../../domain/proof.ts';
import { spokenSubject } from '../../../domain/subject.ts';
import { wellSince } from '../../../domain/how-it-stands.ts';
import { judgementWords, resultWords, spokenSides } from '../../acting-words.ts';
import { type Layout, paragraph, rule } from '../../layout.ts';
import { oneLine } from '../../terminal-safe.ts';
import { safeCommand, writeAttempt, writeLoss } from './attempt.ts';
import { writeClosing } from './closing.ts';
import { writeProofs } from './gate.ts';

/** What was told of the acting so far, so that what is tried again and again is told once. */
export interface ActingTold {
  /** By attempt: the proofs as they were told last. */
  readonly proofs: ReadonlyMap<number, readonly Proof[]>;
  /** Changes of which it was said that they have to wait: attempt, direction and index. */
  readonly heldBack: ReadonlySet<string>;
}

export const nothingActed: ActingTold = { proofs: new Map(), heldBack: new Set() };

export interface ActingTelling {
  readonly lines: readonly string[];
  readonly told: ActingTold;
}

interface Around {
  /** With the event in it. */
  readonly incident: Incident;
  readonly told: ActingTold;
  readonly layout: Layout;
}

/** The next lines of the story. Calm and short: what was done, by whom, and how it is known. */
export function tellActing(event: IncidentEvent, { incident, told, layout }: Around): ActingTelling {
  const attempt = 'attempt' in event ? incident.attempts.find(({ number }) => number === event.attempt) : undefined;
  if (event.kind === 'gate-checked' && attempt !== undefined) {
    const before = told.proofs.get(attempt.number);
    const news = writeProofs(event.proofs, before ?? [], layout);
    const title = `May ${spokenSubject(attempt.plan.subject)} go back to normal?`;
    const heading = before === undefined ? ['', layout.palette.heading(rule({ title, line: '─' }, layout))] : [];
    return { lines: [...heading, ...news], told: { ...told, proofs: new Map([...told.proofs, [attempt.number, event.proofs]]) } };
  }
  if (event.kind === 'change-ended' && event.result.state === 'held-back') {
    const key = `${event.attempt} ${event.direction} ${event.index}`;
    if (told.heldBack.has(key)) return { lines: [], told };
    return { lines: linesOf(event, attempt, layout), told: { ...told, heldBack: new Set([...told.heldBack, key]) } };
  }
  return { lines: linesOf(event, attempt, layout), told };
}

function linesOf(event: IncidentEvent, attempt: Attempt | undefined, layout: Layout): readonly string[] {
  const { palette } = layout;
  switch (event.kind) {
    case 'plan-chosen':
      return attempt === undefined ? [] : writeAttempt(attempt, layout);
    case 'plan-unfit':
      return paragraph({ text: `Passed over ${event.plan.id}: ${event.because}`, mark: '✗ ', paintMark: palette.bad }, layout);
    case 'no-plan':
      return paragraph({ text: `No plan is left. ${event.because}`, mark: '? ', paintMark: palette.doubtful }, layout);
    case 'approved':
      return paragraph({ text: `${clockTime(event.at)} ${spokenApproval(event.approval)}`, mark: '✓ ', paintMark: palette.good }, layout);
    case 'declined':
      return paragraph({ text: `Not carried out: ${event.because}`, mark: '✗ ', paintMark: palette.bad }, layout);
    case 'evidence-saved':
      return [
        ...paragraph(
          { text: `${clockTime(event.at)} Saved the evidence first: ${event.path}`, mark: '✓ ', paintMark: palette.good },
          layout,
        ),
        ...(attempt === undefined ? [] : writeLoss(attempt, layout)),
      ];
    case 'change-ended':
      return attempt === undefined ? [] : writeChangeEnd(event, attempt, layout);
    case 'judged':
      return writeJudgement(event, layout);
    case 'undo-asked':
      return paragraph({ text: `${clockTime(event.at)} Putting attempt ${event.attempt} back: ${event.because}.`, mark: '↶ ' }, layout);
    case 'aborted':
      return paragraph({ text: `${event.because}. What was done stays until it is undone.`, mark: '■ ', paintMark: palette.bad }, layout);
    case 'closed':
      return writeClosing(event, layout);
    case 'answered':
    case 'paged':
    case 'acknowledged':
    case 'notes-written':
    case 'delivered':
    case 'joined':
      return paragraph({ text: `${clockTime(event.at)} ${spokenNews(event)}`, mark: '· ' }, layout);
    // The first two are told by the investigation itself; of a beginning, its end is told; watching is one line that moves.
    case 'opened':
    case 'investigated':
    case 'change-begun':
    case 'observed':
    case 'gate-checked':
      return [];
  }
}

type News = Extract<IncidentEvent, { readonly kind: 'answered' | 'paged' | 'acknowledged' | 'notes-written' | 'delivered' | 'joined' }>;

/** What came in from people and programs outside. */
function spokenNews(event: News): string {
  switch (event.kind) {
    case 'answered':
      return `${event.by} said ${event.answer} to attempt ${event.attempt}${event.because === undefined ? '' : `: ${event.because}`}.`;
    case 'paged':
      return `${event.alert.name} ${event.state === 'resolved' ? 'is resolved, says the pager' : 'was paged as well'}.`;
    case 'acknowledged':
      return `${event.by} has seen it.`;
    case 'notes-written':
      return `${event.by} wrote notes.`;
    case 'delivered':
      return `Told ${event.target}: ${event.what}.`;
    case 'joined':
      return `It is worked on in ${event.incident}: ${event.because}`;
  }
}

function spokenApproval({ how, by }: { readonly how: 'human' | 'policy'; readonly by: string }): string {
  return how === 'human' ? `Approved by ${by}.` : `Approved by the policy: ${by}.`;
}

function writeChangeEnd(
  { at, index, direction, result }: Extract<IncidentEvent, { readonly kind: 'change-ended' }>,
  attempt: Attempt,
  layout: Layout,
): readonly string[] {
  const { palette } = layout;
  const command = safeCommand(attempt, index, direction);
  const when = clockTime(at);
  const isFine = result.state === 'done' || result.state === 'already-so';
  const mark = isFine
    ? palette.good(direction === 'do' ? '✓ ' : '↶ ')
    : result.state === 'refused'
      ? palette.bad('✗ ')
      : palette.doubtful('? ');
  const words =
    result.state === 'done' ? [] : paragraph({ text: `${resultWords[result.state]}: ${result.detail}`, mark: '           ' }, layout);
  const isLast = direction === 'undo' && isFine && standingChanges(attempt).length === 0;
  const end = isLast
    ? paragraph({ text: `All that attempt ${attempt.number} changed is put back.`, mark: '✓ ', paintMark: palette.good }, layout)
    : [];
  return [`${mark}${when} ${palette.command(command)}`, ...words, ...end];
}

function writeJudgement(
  { at, judgement, because }: Extract<IncidentEvent, { readonly kind: 'judged' }>,
  layout: Layout,
): readonly string[] {
  const { palette } = layout;
  const mark = { confirmed: '✓ ', worse: '✗ ', 'no-better': '✗ ', 'cannot-tell': '? ' }[judgement];
  const paint = { confirmed: palette.good, worse: palette.bad, 'no-better': palette.bad, 'cannot-tell': palette.doubtful }[judgement];
  return [
    ...paragraph({ text: `${clockTime(at)} ${judgementWords[judgement]}`, mark, paintMark: paint, paint: palette.strong }, layout),
    ...because.flatMap((text) => paragraph({ text, mark: '    · ' }, layout)),
  ];
}

/** One line that is written over while it is watched: every side, and for how long it has held. */
export function watchingLine(
  { observation, attempt: number }: Extract<IncidentEvent, { readonly kind: 'observed' }>,
  { attempts }: Incident,
): string {
  const attempt = attempts.find((each) => each.number === number);
  if (attempt === undefined) return '';
  const compared = { appliedAt: attempt.appliedAt ?? attempt.chosenAt, baseline: attempt.baseline };
  const since = wellSince(attempt.observations, compared);
  const seconds = (milliseconds: number): string => `${Math.round(milliseconds / millisecondsPerSecond)} s`;
  const held =
    since === undefined
      ? `${seconds(observation.at - compared.appliedAt)} since the change`
      : `holds for ${seconds(observation.at - since)}`;
  return oneLine([...spokenSides(observation, compared), held].join(' · '));
}
