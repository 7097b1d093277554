import { type Instant, millisecondsPerMinute, millisecondsPerSecond } from '../domain/instant.ts';
import { type Attempt, type ChangeProgress, type Incident, isCarriedOut, standingChanges } from '../domain/incident.ts';
import type { Direction, IncidentHappening, Purpose } from '../domain/incident-event.ts';
import { judgeProgress, type Patience } from './judge-progress.ts';

/** How far the work goes by itself. */
export type Goal =
  /** Until the mitigation is confirmed. */
  | 'mitigate'
  /** On to the cause, the repair, the gate, and until everything is put back. */
  | 'follow-through'
  /** Puts back what a proven gate allows, and closes. */
  | 'restore'
  /** Only finishes what was asked to be undone. */
  | 'undo';

export type Step =
  | { readonly kind: 'investigate'; readonly why: 'first' | 'diagnosis' }
  | { readonly kind: 'choose-plan'; readonly purpose: Purpose }
  | { readonly kind: 'seek-approval'; readonly attempt: Attempt }
  | { readonly kind: 'save-evidence'; readonly attempt: Attempt }
  | {
      readonly kind: 'change';
      readonly attempt: Attempt;
      readonly index: number;
      readonly direction: Direction;
      readonly pauseMilliseconds: number;
    }
  /** It was begun and nobody knows how it ended: look before anything else is done. */
  | { readonly kind: 'look-up'; readonly attempt: Attempt; readonly index: number; readonly direction: Direction }
  | { readonly kind: 'observe'; readonly attempt: Attempt; readonly pauseMilliseconds: number }
  | { readonly kind: 'check-gate'; readonly attempt: Attempt; readonly pauseMilliseconds: number }
  /** A decision of the workflow itself, to be recorded. */
  | { readonly kind: 'record'; readonly happening: IncidentHappening }
  | { readonly kind: 'close' }
  /** Nothing more happens by itself. */
  | { readonly kind: 'rest'; readonly state: Resting; readonly because: string };

export type Resting = 'closed' | 'mitigated' | 'nothing-to-do' | 'needs-human' | 'gate-closed' | 'aborted' | 'undone';

/** A budget frees itself when a replacement becomes Ready, which takes tens of seconds; longer than this means that it will not. */
const heldBackMilliseconds = 90 * millisecondsPerSecond;
const heldBackPauseMilliseconds = 3 * millisecondsPerSecond;
/** What was looked up as not done three times is refused in some way that nobody tells. */
const mostBeginnings = 40;
const observePauseMilliseconds = 3 * millisecondsPerSecond;
const gatePauseMilliseconds = 10 * millisecondsPerSecond;
/** Rules are complete and a daemon has been stable within minutes of a repair, or something else is wrong. */
const gatePatienceMilliseconds = 10 * millisecondsPerMinute;

export interface Run {
  readonly now: Instant;
  /** When this run began. What an earlier one saw at the gate is no proof any more. */
  readonly startedAt: Instant;
  readonly patience: Patience;
}

/** What comes next. The whole workflow is this function: no clock, no network, no store. After a crash it is simply asked again. */
export function nextStep(incident: Incident, goal: Goal, run: Run): Step {
  const { now } = run;
  if (incident.closed !== undefined) return { kind: 'rest', state: 'closed', because: 'The incident is closed.' };
  for (const attempt of incident.attempts.toReversed()) {
    const unfinished = finishBeginnings(attempt) ?? putBack(attempt, now);
    if (unfinished !== undefined) return unfinished;
  }
  if (incident.aborted !== undefined) return { kind: 'rest', state: 'aborted', because: incident.aborted };
  if (goal === 'undo') return { kind: 'rest', state: 'undone', because: 'What was asked to be undone is put back.' };
  for (const attempt of incident.attempts.toReversed()) {
    const open = carryOn(attempt, run);
    if (open !== undefined) return open;
  }
  return goal === 'restore' ? (throughTheGate(incident, goal, run) ?? { kind: 'close' }) : towards(incident, goal, run);
}

function finishBeginnings(attempt: Attempt): Step | undefined {
  for (const direction of ['do', 'undo'] as const) {
    const index = (direction === 'do' ? attempt.done : attempt.undone).findIndex(({ begun, result }) => begun > 0 && result === undefined);
    if (index >= 0) return { kind: 'look-up', attempt, index, direction };
  }
  return undefined;
}

function putBack(attempt: Attempt, now: Instant): Step | undefined {
  if (attempt.undoAsked === undefined) return undefined;
  const index = standingChanges(attempt).find((each) => mayBegin(attempt.undone[each], now));
  const pauseMilliseconds = index === undefined ? 0 : pauseBefore(attempt.undone[index]);
  return index === undefined ? undefined : { kind: 'change', attempt, index, direction: 'undo', pauseMilliseconds };
}

function pauseBefore(progress: ChangeProgress | undefined): number {
  return progress?.result === undefined ? 0 : heldBackPauseMilliseconds;
}

/** Not begun yet, or worth another beginning. */
function mayBegin(progress: ChangeProgress | undefined, now: Instant): boolean {
  if (progress === undefined) return false;
  const { begun, firstBegunAt, result } = progress;
  if (begun === 0) return true;
  if (begun >= mostBeginnings) return false;
  return result?.state === 'not-done' || (result?.state === 'held-back' && now - (firstBegunAt ?? now) < heldBackMilliseconds);
}

/** The next step of an attempt that is under way. Undefined: nothing is left to do for it. */
function carryOn(attempt: Attempt, { now, patience }: Run): Step | undefined {
  if (attempt.undoAsked !== undefined || attempt.declined !== undefined) return undefined;
  if (attempt.approval === undefined) return { kind: 'seek-approval', attempt };
  if (attempt.appliedAt === undefined) return apply(attempt, now);
  if (attempt.judgement === undefined) {
    const progress = judgeProgress({ ...attempt, appliedAt: attempt.appliedAt }, patience, now);
    if (progress.state === 'waiting') {
      const pauseMilliseconds = attempt.observations.length === 0 ? 0 : observePauseMilliseconds;
      return { kind: 'observe', attempt, pauseMilliseconds };
    }
    const { judgement, because } = progress;
    return { kind: 'record', happening: { kind: 'judged', attempt: attempt.number, judgement, because } };
  }
  if (attempt.judgement.is === 'worse' || attempt.judgement.is === 'no-better') {
    return askForUndo(attempt, attempt.judgement.is === 'worse' ? 'it is worse than before' : 'it is no better after the time allowed');
  }
  return undefined;
}

function apply(attempt: Attempt, now: Instant): Step {
  if (attempt.plan.saveFirst.length > 0 && attempt.evidencePath === undefined) return { kind: 'save-evidence', attempt };
  const index = attempt.done.findIndex((progress) => !isCarriedOut(progress));
  const progress = attempt.done[index];
  if (mayBegin(progress, now)) return { kind: 'change', attempt, index, direction: 'do', pauseMilliseconds: pauseBefore(progress) };
  // Half a plan is no plan: what was done of it is put back.
  return askForUndo(attempt, `a change could not be carried out: ${progress?.result?.detail ?? 'its end is not known'}`);
}

function askForUndo(attempt: Attempt, because: string): Step {
  return { kind: 'record', happening: { kind: 'undo-asked', attempt: attempt.number, because } };
}

export function isInForce(attempt: Attempt): boolean {
  return attempt.appliedAt !== undefined && attempt.undoAsked === undefined;
}

/** From the first look to the end, as far as the goal goes. */
function towards(incident: Incident, goal: Goal, run: Run): Step {
  const last = incident.investigations.at(-1);
  if (last === undefined) return { kind: 'investigate', why: 'first' };
  const mitigations = incident.attempts.filter(({ purpose }) => purpose === 'mitigate');
  const unsure = mitigations.find((attempt) => isInForce(attempt) && attempt.judgement?.is === 'cannot-tell');
  if (unsure !== undefined) return needsHuman(unsure.judgement?.because.join(' ') ?? 'Whether it helped cannot be told.');
  const mitigated = mitigations.findLast((attempt) => isInForce(attempt) && attempt.judgement?.is === 'confirmed');
  if (mitigated === undefined) return firstPlan(incident);
  if (goal === 'mitigate')
    return { kind: 'rest', state: 'mitigated', because: mitigated.judgement?.because.join(' ') ?? 'It is confirmed.' };
  if (last.why === 'first' || last.at < (mitigated.judgement?.at ?? 0)) return { kind: 'investigate', why: 'diagnosis' };
  return throughTheGate(incident, goal, run) ?? { kind: 'close' };
}

function firstPlan(incident: Incident): Step {
  const declined = incident.attempts.findLast((attempt) => attempt.purpose === 'mitigate' && attempt.declined?.isSuperseded === false)?.declined;
  if (declined !== undefined) return needsHuman(declined.because);
  const none = incident.withoutPlan.find(({ purpose }) => purpose === 'mitigate');
  if (none === undefined) return { kind: 'choose-plan', purpose: 'mitigate' };
  const isQuiet = incident.investigations.at(-1)?.investigation.outcome === 'healthy';
  return isQuiet ? { kind: 'rest', state: 'nothing-to-do', because: none.because } : needsHuman(none.because);
}

function needsHuman(because: string): Step {
  return { kind: 'rest', state: 'needs-human', because };
}

/** What is only there for the time being is put back when the proofs hold. Undefined: nothing waits at the gate. */
function throughTheGate(incident: Incident, goal: Goal, { now, startedAt }: Run): Step | undefined {
  const waiting = incident.attempts.findLast(
    (attempt) => isInForce(attempt) && attempt.plan.undoWhen !== undefined && standingChanges(attempt).length > 0,
  );
  if (waiting === undefined) return undefined;
  const { proofs } = waiting;
  if (proofs === undefined || proofs.at < startedAt) return { kind: 'check-gate', attempt: waiting, pauseMilliseconds: 0 };
  if (proofs.all.length > 0 && proofs.all.every(({ holds }) => holds === 'yes'))
    return askForUndo(waiting, 'every proof of the gate holds');
  const repair = incident.attempts.findLast(({ purpose }) => purpose === 'repair');
  const isRepairOpen = repair === undefined || repair.undoAsked !== undefined || repair.declined !== undefined;
  const isHopeless = incident.withoutPlan.some(({ purpose }) => purpose === 'repair');
  if (goal === 'follow-through' && isRepairOpen && !isHopeless) return { kind: 'choose-plan', purpose: 'repair' };
  const since = Math.max(repair?.appliedAt ?? 0, waiting.judgement?.at ?? waiting.chosenAt);
  if (goal === 'follow-through' && now - since < gatePatienceMilliseconds)
    return { kind: 'check-gate', attempt: waiting, pauseMilliseconds: gatePauseMilliseconds };
  const open = proofs.all
    .filter(({ holds }) => holds !== 'yes')
    .map(({ claim, holds }) => `${claim}: ${holds === 'no' ? 'no' : 'cannot tell'}`);
  return { kind: 'rest', state: 'gate-closed', because: open.join('; ') };
}
