import { type Instant, millisecondsPerDay, millisecondsPerHour } from '../domain/instant.ts';

const morningHour = 9;

/** Nine o'clock on the next day where the engineer is. `timeZone`: an IANA name. Absent: UTC. */
export function nextMorning(now: Instant, timeZone = 'UTC'): Instant {
  const today = Math.floor(wallClock(now, timeZone) / millisecondsPerDay);
  const wanted = (today + 1) * millisecondsPerDay + morningHour * millisecondsPerHour;
  const offset = (at: Instant): number => wallClock(at, timeZone) - at;
  // The clocks may change in the night between, so what is asked for is the offset of that morning, not of this night.
  return wanted - offset(wanted - offset(wanted));
}

/** What a clock on the wall shows, as if it stood in UTC. */
function wallClock(at: Instant, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
