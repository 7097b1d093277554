import { tellingInvestigation } from '../../domain/telling-investigation.ts';
import { type Attempt, type ChangeProgress, type Incident } from '../../domain/incident.ts';
import type { Direction } from '../../domain/incident-event.ts';
import { formatInstant, type Instant } from '../../domain/instant.ts';
import { spokenSubject } from '../../domain/subject.ts';
import { commandOf, judgementWords, resultWords } from '../acting-words.ts';
import { spokenInstant } from '../spoken.ts';
import { citeNumbers } from './evidence-table.ts';
import { codeInCell, prose, table } from './markdown-safe.ts';
import { inOrder, momentsBefore } from './timeline.ts';

interface Done {
  readonly at: string;
  /** Empty: nobody in particular. Safe Markdown, like the others. */
  readonly who: string;
  readonly what: string;
  readonly result: string;
}

const stanch = 'Stanch';

/** From the change that began it to the end: who did what, when, and what came of it. */
export function writeReportTimeline(incident: Incident): readonly string[] {
  const { investigations, openedAt, alert, attempts, closed } = incident;
  const last = tellingInvestigation(incident);
  const before =
    last === undefined
      ? []
      : momentsBefore(last, citeNumbers(last)).map(({ at, what, standing }) => ({ at, who: '', what, result: standing }));
  const done: readonly Done[] = [
    ...before,
    moment(
      openedAt,
      '',
      alert === undefined ? 'Somebody looks.' : `Paged: ${prose(alert.summary === '' ? alert.name : alert.summary)}`,
      '',
    ),
    ...investigations.map(({ at, why, investigation }) =>
      moment(at, stanch, why === 'first' ? 'Looked at who fails, and where.' : 'Asked why.', prose(investigation.outcome)),
    ),
    ...attempts.flatMap(momentsOf),
    ...(closed === undefined ? [] : [moment(closed.at, stanch, 'Closed.', '')]),
  ];
  return table(
    ['When', 'Who', 'What', 'Result'],
    inOrder(done).map(({ at, who, what, result }) => [prose(spokenInstant(at)), who, what, result]),
  );
}

function moment(at: Instant, who: string, what: string, result: string): Done {
  return { at: formatInstant(at), who, what, result };
}

function momentsOf(attempt: Attempt): readonly Done[] {
  const { number, plan, chosenAt, approval, judgement, undoAsked, proofs, done, undone } = attempt;
  const which = `Attempt ${number}`;
  return [
    moment(chosenAt, stanch, `${which} planned: ${prose(plan.id)}, ${prose(spokenSubject(plan.subject))}`, ''),
    ...(approval === undefined
      ? []
      : [moment(approval.at, prose(approval.by), `${which} approved${approval.how === 'policy' ? ' by policy' : ''}`, '')]),
    ...done.flatMap((progress, index) => changeMoment(attempt, { progress, index, direction: 'do' })),
    ...(judgement === undefined ? [] : [moment(judgement.at, stanch, judgementWords[judgement.is], prose(judgement.because.join('; ')))]),
    ...(proofs === undefined
      ? []
      : [
          moment(
            proofs.at,
            stanch,
            'The gate was last checked.',
            `${proofs.all.filter(({ holds }) => holds === 'yes').length} of ${proofs.all.length} proofs hold`,
          ),
        ]),
    ...(undoAsked === undefined
      ? []
      : [moment(undoAsked.at, spokenAuthor(undoAsked.by), `${which} is to be put back: ${prose(undoAsked.because)}`, '')]),
    ...undone.flatMap((progress, index) => changeMoment(attempt, { progress, index, direction: 'undo' })),
  ];
}

function spokenAuthor(by: string): string {
  return by === 'stanch' ? stanch : prose(by);
}

interface OneChange {
  readonly progress: ChangeProgress;
  readonly index: number;
  readonly direction: Direction;
}

function changeMoment(attempt: Attempt, { progress, index, direction }: OneChange): readonly Done[] {
  const at = progress.endedAt ?? progress.firstBegunAt;
  if (at === undefined) return [];
  const state = progress.result?.state;
  const result = state === undefined ? 'begun; its end is not known' : resultWords[state];
  const detail =
    state === undefined || state === 'done' || progress.result?.detail === '' ? '' : `: ${prose(progress.result?.detail ?? '')}`;
  return [moment(at, stanch, codeInCell(commandOf(attempt, index, direction)), `${result}${detail}`)];
}
