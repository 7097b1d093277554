import type { AcceptedPage } from '../../domain/accepted-page.ts';
import { type Instant, millisecondsPerMinute } from '../../domain/instant.ts';
import { firingsOfPages } from '../../domain/page-firings.ts';
import { longestFlapMilliseconds, type Standing, standingOf } from '../../reasoning/alert/flapping.ts';

export function standingOfPages(pages: readonly AcceptedPage[], now: Instant): Standing {
  return standingOf(firingsOfPages(pages), now);
}

/** Alertmanager tells of a change in a group after this at the latest, so that what comes back within it has not been away. */
const quietMilliseconds = 5 * millisecondsPerMinute;

/** When an end may be believed; what flaps has to be quiet for longer than a flap lasts. Undefined: nothing has ended. */
export function overAt(pages: readonly AcceptedPage[], now: Instant): Instant | undefined {
  const { state, lastEndedAt } = standingOfPages(pages, now);
  if (lastEndedAt === undefined) return undefined;
  return lastEndedAt + (state === 'flapping' ? longestFlapMilliseconds : quietMilliseconds);
}
