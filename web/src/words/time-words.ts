/*
 * Times are told in UTC, as evidence and notes tell them: two clocks in one incident are one too many.
 */

const secondMilliseconds = 1_000;
const minuteMilliseconds = 60 * secondMilliseconds;
const hourMilliseconds = 60 * minuteMilliseconds;
const dayMilliseconds = 24 * hourMilliseconds;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** "12:47:04" */
export function clockTime(at: string): string {
  return new Date(at).toISOString().slice(11, 19);
}

/** "21 Nov, 12:47:04"; the clock alone where it is within half a day of the other time. */
export function momentWords(at: string, beside: number): string {
  const time = new Date(at);
  if (Math.abs(time.getTime() - beside) < dayMilliseconds / 2) return clockTime(at);
  return `${time.getUTCDate()} ${months[time.getUTCMonth()] ?? ''}, ${clockTime(at)}`;
}

/** "21 November 2026, 12:47:04 UTC", for a title. */
export function fullMoment(at: string): string {
  return `${new Date(at).toISOString().slice(0, 10)} ${clockTime(at)} UTC`;
}

/** "2026-09-16 09:00 Europe/Berlin". `timeZone`: an IANA name. Absent, or unknown to the browser: UTC. */
export function dueWords(at: string, timeZone = 'UTC'): string {
  try {
    return `${new Date(at).toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })} ${timeZone}`;
  } catch {
    return `${fullMoment(at).slice(0, 16)} UTC`;
  }
}

/** "90 s", "4 min", "3 h", "2 days" */
export function durationWords(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  if (size < 100 * secondMilliseconds) return `${Math.round(size / secondMilliseconds)} s`;
  if (size < 100 * minuteMilliseconds) return `${Math.round(size / minuteMilliseconds)} min`;
  if (size < 2 * dayMilliseconds) return `${Math.round(size / hourMilliseconds)} h`;
  return `${Math.round(size / dayMilliseconds)} days`;
}

/** "4 min ago"; what lies ahead of the clock by less than a breath is now. */
export function agoWords(at: string, now: number): string {
  const age = now - Date.parse(at);
  if (age < -minuteMilliseconds) return `in ${durationWords(age)}`;
  return age < 5 * secondMilliseconds ? 'now' : `${durationWords(age)} ago`;
}

/** "2 min before the onset", "56 s after the onset" */
export function besideOnset(at: string, onset: string): string {
  const difference = Date.parse(at) - Date.parse(onset);
  if (difference === 0) return 'at the onset';
  return `${durationWords(difference)} ${difference < 0 ? 'before' : 'after'} the onset`;
}
