import { byItself, type IncidentHappening } from '../../domain/incident-event.ts';
import type { ChangeProgress, Incident } from '../../domain/incident.ts';
import { isSame } from '../../domain/prepared-change.ts';
import { nextStep } from '../../workflow/next-step.ts';
import type { Resting, Step } from '../../workflow/step.ts';
import { type Acting, type Failed, happened, type StepOutcome } from './acting.ts';
import { carryOut, lookUp, type OneChange } from './carry-out.ts';
import { choosePlan } from './choose-plan.ts';
import { closeIncident } from './close-incident.ts';
import { checkGate } from './gate.ts';
import { Journal, type Recorded } from './journal.ts';
import { Ledger } from './ledger.ts';
import { Memory } from './memory.ts';
import { saveEvidence } from './save-evidence.ts';
import { seekApproval } from './seek-approval.ts';
import { observeNow, targetOf } from './watch.ts';
import { whatWithdraws } from './withdrawn.ts';

export type Worked =
  | {
      readonly state: 'rested';
      readonly resting: Resting | 'waiting' | 'stopped';
      readonly because: string;
      readonly incident: Incident;
    }
  /** Something outside failed. What was recorded until then holds, and the work can be taken up again. */
  | (Failed & { readonly incident: Incident | undefined });

/**
 * Works an incident as far as the goal goes. Everything is recorded before it counts as done, so that after a crash the same
 * call goes on where the last one was: what was begun is looked up first, and nothing is done twice.
 */
export async function workIncident(id: string, acting: Acting, signal: AbortSignal): Promise<Worked> {
  const journal = await Journal.open(id, acting);
  if ('attempted' in journal) return { ...journal, incident: undefined };
  const ledger = new Ledger(acting, id);
  const memory = new Memory(acting, journal, ledger);
  const startedAt = acting.clock.now();
  const { goal, patience, clock } = acting;
  for (;;) {
    const { incident } = journal;
    const step = nextStep(incident, goal, { now: clock.now(), startedAt, patience });
    const deeper = isLeftToHumans(step) ? await diagnoseWhileWaiting({ acting, journal, memory, ledger }, signal) : undefined;
    if (step.kind === 'rest' && deeper === undefined) return { state: 'rested', resting: step.state, because: step.because, incident };
    if (signal.aborted) return { state: 'rested', resting: 'stopped', because: 'It was stopped.', incident };
    const outcome = step.kind === 'rest' ? (deeper ?? happened()) : await carryOutStep(step, { acting, journal, memory, ledger }, signal);
    if (outcome.state === 'failed') return { ...outcome, incident: journal.incident };
    if (outcome.state === 'waiting') return { state: 'rested', resting: 'waiting', because: outcome.because, incident: journal.incident };
    // What was decided from a look that was cut short has no ground. How a change ended stays true.
    for (const happening of signal.aborted ? outcome.happenings.filter(({ kind }) => kind === 'change-ended') : outcome.happenings) {
      const recorded = await recordUnlessOutdated(happening, { acting, journal });
      if (recorded.state === 'failed') return { ...recorded, incident: journal.incident };
      // Somebody else wrote: what is left of this step was decided on old grounds.
      if (recorded.state === 'overtaken') break;
    }
  }
}

interface Work {
  readonly acting: Acting;
  readonly journal: Journal;
  readonly memory: Memory;
  readonly ledger: Ledger;
}

async function carryOutStep(step: Exclude<Step, { readonly kind: 'rest' }>, work: Work, signal: AbortSignal): Promise<StepOutcome> {
  const { acting, journal, memory, ledger } = work;
  const { incident } = journal;
  switch (step.kind) {
    case 'record':
      return happened(step.happening);
    case 'investigate': {
      const seen = step.why === 'first' ? await memory.fresh(signal) : await memory.diagnose(signal);
      return 'attempted' in seen ? seen : happened({ kind: 'investigated', why: step.why, investigation: seen.investigation });
    }
    case 'choose-plan':
      return choosePlan(acting, { incident, purpose: step.purpose, memory, ledger }, signal);
    case 'seek-approval': {
      const outcome = await seekApproval(acting, { journal, attempt: step.attempt, memory, ledger }, signal);
      return outcome.state === 'waiting' ? ((await diagnoseWhileWaiting(work, signal)) ?? outcome) : outcome;
    }
    case 'save-evidence':
      return saveEvidence(acting, { attempt: step.attempt, memory }, signal);
    case 'change':
      return change(step, work, signal);
    case 'look-up': {
      const found = await lookUp(acting, step, signal);
      return found === undefined ? happened() : happened(found);
    }
    case 'observe': {
      await acting.pause(step.pauseMilliseconds, signal);
      if (signal.aborted) return happened();
      const observation = await observeNow(acting, targetOf(incident), signal);
      return signal.aborted ? happened() : happened({ kind: 'observed', attempt: step.attempt.number, observation });
    }
    case 'check-gate':
      await acting.pause(step.pauseMilliseconds, signal);
      return checkGate(acting, step.attempt, signal);
    case 'close':
      return closeIncident(acting, { incident, memory }, signal);
  }
}

function isLeftToHumans(step: Step): boolean {
  return step.kind === 'rest' && step.state === 'needs-human';
}

/** Undefined: it was asked why already, or there is nothing more to look at meanwhile. */
async function diagnoseWhileWaiting({ acting, journal, memory }: Work, signal: AbortSignal): Promise<StepOutcome | undefined> {
  const isAskedWhy = journal.incident.investigations.at(-1)?.why === 'diagnosis';
  if (acting.diagnosesWhileWaiting !== true || isAskedWhy || signal.aborted) return undefined;
  const seen = await memory.diagnose(signal);
  // The plan waits all the same.
  return 'attempted' in seen ? undefined : happened({ kind: 'investigated', why: 'diagnosis', investigation: seen.investigation });
}

/** Its beginning is stored before anything is written; where somebody else wrote to the incident meanwhile, nothing is. */
async function change(
  step: OneChange & { readonly pauseMilliseconds: number },
  { acting, journal }: Work,
  signal: AbortSignal,
): Promise<StepOutcome> {
  await acting.pause(step.pauseMilliseconds, signal);
  if (signal.aborted) return happened();
  const lost = await acting.lease.renew();
  if (lost !== undefined) return lost;
  const { attempt, index, direction } = step;
  const isFirst = direction === 'do' && attempt.done.every(({ begun }) => begun === 0);
  const withdrawn = isFirst && attempt.approval?.how === 'human' ? await whatWithdraws(acting, attempt) : undefined;
  if (withdrawn !== undefined) return 'attempted' in withdrawn ? withdrawn : happened(withdrawn);
  const begun = await journal.record({ kind: 'change-begun', attempt: attempt.number, index, direction }, byItself);
  if (begun.state === 'failed') return begun;
  if (begun.state === 'overtaken') return happened();
  const ended = await carryOut(acting, step);
  return ended === undefined ? happened() : happened(ended);
}

/** How a change ended stays true although somebody else wrote to the incident meanwhile, unless that was about this very change. */
async function recordUnlessOutdated(happening: IncidentHappening, work: Pick<Work, 'acting' | 'journal'>): Promise<Recorded> {
  const { acting, journal } = work;
  const before = progressIn(journal.incident, happening);
  const recorded = await journal.record(happening, authorOf(happening, acting));
  const isStillTrue = recorded.state === 'overtaken' && before !== undefined && isSame(progressIn(recorded.incident, happening), before);
  return isStillTrue ? recordUnlessOutdated(happening, work) : recorded;
}

/** Undefined: the happening is not the end of a change. */
function progressIn({ attempts }: Incident, happening: IncidentHappening): ChangeProgress | undefined {
  if (happening.kind !== 'change-ended') return undefined;
  const attempt = attempts.find(({ number }) => number === happening.attempt);
  return attempt?.[happening.direction === 'do' ? 'done' : 'undone'][happening.index];
}

function authorOf(happening: IncidentHappening, { by }: Acting): string {
  switch (happening.kind) {
    case 'approved':
      return happening.approval.by;
    case 'declined':
    case 'aborted':
      return by;
    default:
      return byItself;
  }
}
