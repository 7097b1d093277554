import type { ChangeResult } from '../../domain/change-result.ts';
import type { Direction, IncidentHappening } from '../../domain/incident-event.ts';
import { Permit } from '../../domain/permit.ts';
import type { ChangeOutcome } from '../../ports/actuator.ts';
import { type Attempt, preparedIn } from '../../domain/incident.ts';
import type { Acting } from './acting.ts';

/** One change of an attempt, in one direction. */
export interface OneChange {
  readonly attempt: Attempt;
  readonly index: number;
  readonly direction: Direction;
}

/** A write is given this long and is not cut short by somebody who stops the program: half-known is worse than late. */
const writeMilliseconds = 30_000;

/**
 * Carries the change out. Its beginning must be in the store before. Undefined: no answer came, and what became of it has
 * to be looked up.
 */
export async function carryOut({ actuator }: Pick<Acting, 'actuator'>, one: OneChange): Promise<IncidentHappening | undefined> {
  const { attempt, index, direction } = one;
  const prepared = preparedIn(attempt, index, direction);
  const permit = attempt.approval === undefined ? undefined : Permit.forPlan(attempt.plan, attempt.approval);
  if (prepared === undefined) return ended(one, { state: 'already-so', detail: 'there is nothing to put back' });
  if (permit === undefined)
    return ended(one, { state: 'refused', detail: 'the plan is blocked or not approved, so it cannot be carried out' });
  const outcome = await actuator.apply(permit, prepared, AbortSignal.timeout(writeMilliseconds));
  return outcome.state === 'unknown' ? undefined : ended(one, resultOf(outcome));
}

function resultOf({ state, detail }: ChangeOutcome): ChangeResult {
  return { state: state === 'accepted' ? 'done' : state, detail };
}

function ended({ attempt, index, direction }: OneChange, result: ChangeResult): IncidentHappening {
  return { kind: 'change-ended', attempt: attempt.number, index, direction, result };
}

/** An API server that is restarted is back within this time, or somebody is at work on it anyway. */
const lookUpMilliseconds = 120_000;
const lookUpPauseMilliseconds = 2_000;

/** Finds out what became of a change that was begun. Undefined: the work was stopped before it could be seen. */
export async function lookUp(
  { actuator, clock, pause }: Pick<Acting, 'actuator' | 'clock' | 'pause'>,
  one: OneChange,
  signal: AbortSignal,
): Promise<IncidentHappening | undefined> {
  const { attempt, index, direction } = one;
  const prepared = preparedIn(attempt, index, direction);
  if (prepared === undefined) return ended(one, { state: 'already-so', detail: 'there is nothing to put back' });
  const until = clock.now() + lookUpMilliseconds;
  for (;;) {
    const standing = await actuator.look(prepared, signal);
    if (standing.state !== 'unreadable') return ended(one, { state: standing.state, detail: standing.detail });
    if (signal.aborted) return undefined;
    if (clock.now() >= until) return ended(one, { state: 'unknown', detail: standing.detail });
    await pause(lookUpPauseMilliseconds, signal);
  }
}
