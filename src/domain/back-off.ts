import { type Instant, millisecondsPerMinute, millisecondsPerSecond } from './instant.ts';

const firstPauseMilliseconds = millisecondsPerSecond;
/** Whoever mends the trouble does not want to wait for longer than this until it is noticed. */
const longestPauseMilliseconds = 5 * millisecondsPerMinute;

/** When to try again: twice as late each time, up to a bound. `tries`: how often it was tried, from 1. */
export function nextTry(tries: number, now: Instant): Instant {
  return now + Math.min(firstPauseMilliseconds * 2 ** (Math.max(1, tries) - 1), longestPauseMilliseconds);
}
