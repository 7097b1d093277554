import { changedSubject, destroysPods } from '../domain/cluster-change.ts';
import { type Attempt, type ChangeProgress, isCarriedOut, needsConsentToLoss, standingChanges } from '../domain/incident.ts';
import { clockTime, millisecondsPerSecond } from '../domain/instant.ts';
import { isBlocked } from '../domain/mitigation.ts';
import { spokenSubject } from '../domain/subject.ts';
import { judgeProgress } from './judge-progress.ts';
import { approvalHoldsMilliseconds } from './policy-limits.ts';
import { askForUndo, type Goal, record, type Run, type Step } from './step.ts';

/** A budget frees itself when a replacement becomes Ready, which takes tens of seconds; longer than this means that it will not. */
const heldBackMilliseconds = 90 * millisecondsPerSecond;
const againPauseMilliseconds = 3 * millisecondsPerSecond;
const observePauseMilliseconds = 3 * millisecondsPerSecond;

/** What was begun and has no known end is looked up before anything else. An end that nobody could see is looked for again by a later run. */
export function finishBeginnings(attempt: Attempt, { startedAt }: Run): Step | undefined {
  for (const direction of ['do', 'undo'] as const) {
    const all = direction === 'do' ? attempt.done : attempt.undone;
    const index = all.findIndex(
      ({ begun, result, endedAt }) => begun > 0 && (result === undefined || (result.state === 'unknown' && (endedAt ?? 0) < startedAt)),
    );
    if (index >= 0) return { kind: 'look-up', attempt, index, direction };
  }
  return undefined;
}

/** The next change to put back, last one first. Undefined: nothing was asked to be undone, or nothing more can be. */
export function putBack(attempt: Attempt, run: Run): Step | undefined {
  if (attempt.undoAsked === undefined) return undefined;
  const index = standingChanges(attempt).find((each) => mayBegin(attempt.undone[each], run) || mayTryAgain(attempt.undone[each], run));
  if (index === undefined) return undefined;
  return { kind: 'change', attempt, index, direction: 'undo', pauseMilliseconds: pauseBefore(attempt.undone[index], run) };
}

/** A later run, that somebody started after having removed the obstacle, may put back what an earlier one could not. */
function mayTryAgain(progress: ChangeProgress | undefined, { startedAt }: Run): boolean {
  const state = progress?.result?.state;
  return (state === 'refused' || state === 'held-back' || state === 'not-done') && (progress?.endedAt ?? startedAt) < startedAt;
}

/** What was asked to be undone and is still in force, in words. What somebody else changed meanwhile is not ours any more. */
export function notPutBack(attempt: Attempt): readonly string[] {
  if (attempt.undoAsked === undefined) return [];
  return standingChanges(attempt).flatMap((index) => {
    const change = attempt.plan.changes[index];
    const result = attempt.undone[index]?.result;
    if (change === undefined || result?.state === 'overtaken') return [];
    return [
      `${change.kind} of ${spokenSubject(changedSubject(change))} could not be put back: ${result?.detail ?? 'its end is not known'}`,
    ];
  });
}

function pauseBefore(progress: ChangeProgress | undefined, { startedAt }: Run): number {
  return progress?.result === undefined || (progress.endedAt ?? 0) < startedAt ? 0 : againPauseMilliseconds;
}

/** Not begun yet, or worth another beginning. */
function mayBegin(progress: ChangeProgress | undefined, { now, startedAt }: Run): boolean {
  if (progress === undefined) return false;
  const { begun, firstBegunAt, result } = progress;
  if (begun === 0) return true;
  const isWorthIt = result?.state === 'not-done' || result?.state === 'held-back';
  return isWorthIt && now - Math.max(firstBegunAt ?? now, startedAt) < heldBackMilliseconds;
}

/** The next step of an attempt that is under way. Undefined: nothing is left to do for it. */
export function carryOn(attempt: Attempt, goal: Goal, run: Run): Step | undefined {
  if (attempt.undoAsked !== undefined || attempt.declined !== undefined) return undefined;
  const isBegun = attempt.done.some(({ begun }) => begun > 0);
  if (attempt.appliedAt === undefined && goal === 'restore') return isBegun ? askForUndo(attempt, 'it was left half done') : undefined;
  if (attempt.appliedAt === undefined) return notYetApplied(attempt, isBegun, run);
  if (attempt.judgement === undefined) return goal === 'restore' ? undefined : watch(attempt, attempt.appliedAt, run);
  if (attempt.judgement.is === 'worse') return askForUndo(attempt, 'it is worse than before');
  return attempt.judgement.is === 'no-better' ? askForUndo(attempt, 'it is no better after the time allowed') : undefined;
}

function notYetApplied(attempt: Attempt, isBegun: boolean, run: Run): Step {
  const { approval, number, plan } = attempt;
  const decline = (because: string, isSuperseded: boolean): Step => record({ kind: 'declined', attempt: number, because, isSuperseded });
  if (isBlocked(plan)) return isBegun ? askForUndo(attempt, 'it is blocked') : decline('A precondition does not hold.', false);
  if (approval === undefined) return { kind: 'seek-approval', attempt };
  const isStale = approval.at < run.startedAt && run.now - approval.at > approvalHoldsMilliseconds;
  if (!isStale) return apply(attempt, run);
  const since = clockTime(approval.at);
  return isBegun
    ? askForUndo(attempt, `it was left half done since ${since}`)
    : decline(`It was approved at ${since} and never begun.`, true);
}

function watch(attempt: Attempt, appliedAt: number, { now, patience }: Run): Step {
  const progress = judgeProgress({ ...attempt, appliedAt }, patience, now);
  if (progress.state === 'waiting')
    return { kind: 'observe', attempt, pauseMilliseconds: attempt.observations.length === 0 ? 0 : observePauseMilliseconds };
  const { judgement, because } = progress;
  return record({ kind: 'judged', attempt: attempt.number, judgement, because });
}

function apply(attempt: Attempt, run: Run): Step {
  const { plan, evidencePath, done } = attempt;
  const isDestructive = plan.saveFirst.length > 0 || plan.changes.some(destroysPods);
  if (isDestructive && evidencePath === undefined) return { kind: 'save-evidence', attempt };
  // Once something is changed, stopping would leave half a plan; and nothing is unknown any more by then.
  if (needsConsentToLoss(attempt) && done.every(({ begun }) => begun === 0)) return { kind: 'seek-approval', attempt };
  const index = done.findIndex((progress) => !isCarriedOut(progress));
  const progress = done[index];
  if (mayBegin(progress, run)) return { kind: 'change', attempt, index, direction: 'do', pauseMilliseconds: pauseBefore(progress, run) };
  // Half a plan is no plan: what was done of it is put back.
  return askForUndo(attempt, `a change could not be carried out: ${progress?.result?.detail ?? 'its end is not known'}`);
}
