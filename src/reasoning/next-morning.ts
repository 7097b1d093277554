import { type Instant, millisecondsPerDay, millisecondsPerHour } from '../domain/instant.ts';
import { localTime } from '../domain/local-time.ts';

const morningHour = 9;

/** Nine o'clock on the next day where the engineer is. `timeZone`: an IANA name. Absent, or known to nobody: UTC. */
export function nextMorning(now: Instant, timeZone = 'UTC'): Instant {
  const shown = (at: Instant): Instant => localTime(at, timeZone) ?? at;
  const today = Math.floor(shown(now) / millisecondsPerDay);
  const wanted = (today + 1) * millisecondsPerDay + morningHour * millisecondsPerHour;
  const offset = (at: Instant): number => shown(at) - at;
  // The clocks may change in the night between, so what is asked for is the offset of that morning, not of this night.
  return wanted - offset(wanted - offset(wanted));
}
