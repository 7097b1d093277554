import type { Attempt } from '../domain/incident.ts';
import { type Instant, millisecondsPerMinute } from '../domain/instant.ts';

/** Whoever said yes looked at the cluster as it was; where the work could not begin for longer than this, it is asked again. */
const answerHoldsMilliseconds = 10 * millisecondsPerMinute;

/** What a human answered from elsewhere, as long as it holds. A no holds for ever. Undefined: nobody answered, or too long ago. */
export function standingAnswer({ answered }: Pick<Attempt, 'answered'>, now: Instant): Attempt['answered'] {
  if (answered === undefined || answered.answer === 'no') return answered;
  return now - answered.at < answerHoldsMilliseconds ? answered : undefined;
}
