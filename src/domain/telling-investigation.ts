import type { Incident } from './incident.ts';
import type { Investigation } from './investigation.ts';

/**
 * The investigation that tells what happened: the latest one, unless it looked at what a change of ours had stopped already and
 * rightly found nothing wrong. Then the one before that change holds: who was well afterwards says nothing about why others failed.
 * Undefined: nothing was investigated yet.
 */
export function tellingInvestigation({
  investigations,
  attempts,
}: Pick<Incident, 'investigations' | 'attempts'>): Investigation | undefined {
  const last = investigations.at(-1);
  if (last?.investigation.outcome !== 'healthy') return last?.investigation;
  const changedAt = Math.min(...attempts.flatMap(({ appliedAt }) => appliedAt ?? []));
  const before = investigations.findLast(({ at, investigation }) => at <= changedAt && investigation.outcome !== 'healthy');
  return last.at >= changedAt && before !== undefined ? before.investigation : last.investigation;
}
