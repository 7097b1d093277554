import { type Attempt, type Incident, standingChanges } from '../domain/incident.ts';
import { millisecondsPerMinute, millisecondsPerSecond } from '../domain/instant.ts';
import type { Proof } from '../domain/proof.ts';
import { askForUndo, type Goal, rest, type Run, type Step } from './step.ts';

const gatePauseMilliseconds = 10 * millisecondsPerSecond;
/** Rules are complete and a daemon has been stable within minutes of a repair, or something else is wrong. */
const gatePatienceMilliseconds = 10 * millisecondsPerMinute;

/** Only when everything is proven. No proof at all proves nothing. */
export function isGateOpen(proofs: readonly Proof[]): boolean {
  return proofs.length > 0 && proofs.every(({ holds }) => holds === 'yes');
}

export function whyClosed(proofs: readonly Proof[]): string {
  const open = proofs.filter(({ holds }) => holds !== 'yes');
  return open.length === 0
    ? 'nothing was proven'
    : open
        .map(({ claim, holds, wouldSettle }) =>
          holds === 'no' ? `${claim}: no` : `${claim}: cannot tell${wouldSettle === undefined ? '' : ` (${wouldSettle})`}`,
        )
        .join('; ');
}

/** Carried out, and nobody asked to put it back. */
export function isInForce(attempt: Attempt): boolean {
  return attempt.appliedAt !== undefined && attempt.undoAsked === undefined;
}

/** Put back because everything was proven, and not because it did not help. */
export function wentThroughTheGate({ proofs, undoAsked }: Attempt): boolean {
  return undoAsked !== undefined && proofs !== undefined && proofs.at <= undoAsked.at && isGateOpen(proofs.all);
}

/** What is only there for the time being is put back when the proofs hold. Undefined: nothing waits at the gate. */
export function throughTheGate(incident: Incident, goal: Goal, run: Run): Step | undefined {
  const waiting = incident.attempts
    .filter((attempt) => isInForce(attempt) && attempt.plan.undoWhen !== undefined && standingChanges(attempt).length > 0)
    .toReversed();
  const unchecked = waiting.find(({ proofs }) => proofs === undefined || proofs.at < run.startedAt);
  if (unchecked !== undefined) return { kind: 'check-gate', attempt: unchecked, pauseMilliseconds: 0 };
  const proven = waiting.find(({ proofs }) => isGateOpen(proofs?.all ?? []));
  if (proven !== undefined) return askForUndo(proven, 'every proof of the gate holds');
  const [first] = waiting.toSorted((one, other) => (one.proofs?.at ?? 0) - (other.proofs?.at ?? 0));
  if (first === undefined) return undefined;
  if (goal === 'follow-through') {
    if (isRepairMissing(incident)) return { kind: 'choose-plan', purpose: 'repair' };
    if (run.now - waitingSince(incident, waiting, run) < gatePatienceMilliseconds)
      return { kind: 'check-gate', attempt: first, pauseMilliseconds: gatePauseMilliseconds };
  }
  return rest('gate-closed', waiting.map(({ proofs }) => whyClosed(proofs?.all ?? [])).join('; '));
}

/** None is in force, nobody said no to one, and it was not found that there is none. */
function isRepairMissing({ attempts, withoutPlan }: Incident): boolean {
  const repairs = attempts.filter(({ purpose }) => purpose === 'repair');
  const isRefused = repairs.some(({ declined }) => declined?.isSuperseded === false);
  return !isRefused && !repairs.some(isInForce) && !withoutPlan.some(({ purpose }) => purpose === 'repair');
}

function waitingSince({ attempts }: Incident, waiting: readonly Attempt[], { startedAt }: Run): number {
  const repaired = attempts.flatMap(({ purpose, appliedAt }) => (purpose === 'repair' && appliedAt !== undefined ? [appliedAt] : []));
  return Math.max(startedAt, ...repaired, ...waiting.map(({ judgement, chosenAt }) => judgement?.at ?? chosenAt));
}
