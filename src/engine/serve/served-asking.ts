import type { Credential } from '../../domain/credential.ts';
import type { Attempt, Incident } from '../../domain/incident.ts';
import type { IncidentHappening } from '../../domain/incident-event.ts';
import { isBlocked } from '../../domain/mitigation.ts';
import { isUndoable } from '../../workflow/undoable.ts';
import type { Failed } from '../act/acting.ts';
import { incidentJob } from './jobs.ts';
import { planMark } from './plan-mark.ts';
import { type Decision, record } from './record.ts';
import type { Done, Missing, Refused, ServedIncidents } from './served-incidents.ts';
import type { Serving } from './serving.ts';

type Asking = Pick<ServedIncidents, 'acknowledge' | 'writeNotes' | 'answer' | 'undo' | 'restore' | 'abort'>;
type Goal = Parameters<typeof incidentJob>[1]['goal'];

/** What people ask for: stored together with the job that carries it out. */
export function servedAsking(serving: Serving): Asking {
  return {
    acknowledge: async (incident, by) =>
      withoutRefusal(
        await ask(serving, { incident, by }, ({ acknowledged }) => only(acknowledged === undefined ? [{ kind: 'acknowledged' }] : [])),
      ),
    writeNotes: async (incident, text, by) =>
      withoutRefusal(await ask(serving, { incident, by }, () => only([{ kind: 'notes-written', text }]))),
    answer: (incident, answer, { name: by, credential }) =>
      ask(serving, { incident, by }, (current) => decideAnswer(current, answer, credential)),
    undo: (incident, attempt, by) => ask(serving, { incident, by }, (current) => decideUndo(current, attempt, by)),
    restore: (incident, by) => ask(serving, { incident, by }, decideRestore),
    abort: (incident, by) => ask(serving, { incident, by }, (current) => decideAbort(current, by)),
  };
}

interface Wish {
  readonly state: 'wish';
  readonly happenings: readonly IncidentHappening[];
  /** Work that has to follow. Undefined: none. */
  readonly goal: Goal | undefined;
}

function only(happenings: readonly IncidentHappening[]): Wish {
  return { state: 'wish', happenings, goal: undefined };
}

async function ask(
  serving: Serving,
  { incident: id, by }: { readonly incident: string; readonly by: string },
  decide: (incident: Incident) => Wish | Refused,
): Promise<Done | Missing | Refused | Failed> {
  const at = serving.clock.now();
  const recorded = await record(serving, { incident: id, by }, (incident, length): Decision | Refused => {
    const wish = decide(incident);
    if (wish.state === 'refused') return wish;
    const { happenings, goal } = wish;
    const jobs = goal === undefined ? [] : [incidentJob(id, { goal, length: length + happenings.length, at })];
    return { state: 'record', happenings, jobs };
  });
  return recorded.state === 'recorded' ? { state: 'done' } : recorded;
}

function withoutRefusal(answer: Done | Missing | Refused | Failed): Done | Missing | Failed {
  if (answer.state === 'refused') throw new Error('There is nothing about it that could be refused.');
  return answer;
}

function refused(because: string): Refused {
  return { state: 'refused', because };
}

/** Undefined: it is worked on here, and not over. */
function whyNotHere({ closed, joined, aborted }: Incident): Refused | undefined {
  if (closed !== undefined) return refused('The incident is closed.');
  if (joined !== undefined) return refused(`It is worked on in ${joined.incident}.`);
  return aborted === undefined ? undefined : refused(`It was stopped: ${aborted}.`);
}

type Answer = Parameters<ServedIncidents['answer']>[1];

function decideAnswer(incident: Incident, given: Answer, credential: Credential): Wish | Refused {
  const { attempt: number, plan, answer, because } = given;
  const away = whyNotHere(incident);
  if (away !== undefined) return away;
  const attempt = incident.attempts.find((each) => each.number === number);
  if (attempt === undefined) return refused(`There is no attempt ${number}.`);
  if (planMark(attempt) !== plan) return refused('The plan is another one than what you read: read it again.');
  const settled = whySettled(attempt);
  if (settled !== undefined) return refused(settled);
  const answered = { kind: 'answered', attempt: number, answer, credential, ...(because === undefined ? {} : { because }) } as const;
  return { state: 'wish', happenings: [answered], goal: 'follow-through' };
}

function whySettled({ plan, approval, declined, undoAsked, answered }: Attempt): string | undefined {
  if (declined !== undefined) return `It does not wait any more: ${declined.because}`;
  if (approval !== undefined) return `${approval.by} approved it already.`;
  if (undoAsked !== undefined) return `It is put back: ${undoAsked.because}.`;
  if (answered?.answer === 'no') return `${answered.by} declined it.`;
  return isBlocked(plan) ? 'A precondition of the plan does not hold, or is not known to hold; nothing can carry it out.' : undefined;
}

function decideUndo({ attempts, joined }: Incident, number: number | undefined, by: string): Wish | Refused {
  const wished = attempts.filter((attempt) => number === undefined || attempt.number === number);
  if (number !== undefined && wished.length === 0) return refused(`There is no attempt ${number}.`);
  const undoable = wished.filter(isUndoable).toReversed();
  if (undoable.length === 0)
    return refused(
      joined === undefined ? 'Nothing of it is in force.' : `Nothing is in force here; it is worked on in ${joined.incident}.`,
    );
  const happenings = undoable.map((attempt) => ({ kind: 'undo-asked', attempt: attempt.number, because: `${by} asked for it` }) as const);
  return { state: 'wish', happenings, goal: 'undo' };
}

function decideRestore({ closed, joined }: Incident): Wish | Refused {
  if (closed !== undefined) return refused('The incident is closed.');
  if (joined !== undefined) return refused(`It is worked on in ${joined.incident}.`);
  return { state: 'wish', happenings: [], goal: 'restore' };
}

function decideAbort(incident: Incident, by: string): Wish | Refused {
  const away = whyNotHere(incident);
  if (away !== undefined) return away;
  // What was begun has to be looked up, so that it is known how it ended.
  return { state: 'wish', happenings: [{ kind: 'aborted', because: `${by} stopped it` }], goal: 'undo' };
}
