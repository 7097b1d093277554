import type { Attempt } from '../../domain/incident.ts';
import type { IncidentHappening } from '../../domain/incident-event.ts';
import type { Acting, Failed } from './acting.ts';

/**
 * What is recorded where whoever approved may not any more, before anything is changed: the plan is not carried out, and one
 * that fits the cluster as it is then waits for somebody who may. Undefined: they may. Once something is changed it is too
 * late for that: half a plan is worse than a whole one, and whoever stops it says so by an undo.
 */
export async function whatWithdraws(
  { approver }: Pick<Acting, 'approver'>,
  attempt: Attempt,
): Promise<IncidentHappening | Failed | undefined> {
  const because = await approver.whyNoLonger?.(attempt);
  if (because === undefined || typeof because === 'object') return because;
  return { kind: 'declined', attempt: attempt.number, because, isSuperseded: true };
}
