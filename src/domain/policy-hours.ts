import type { Instant } from './instant.ts';
import { type PolicyHours, type Weekday, weekdays } from './policy.ts';

/** What the calendar and the clock on the wall show at a place. */
export interface LocalTime {
  readonly weekday: Weekday;
  /** Minutes after midnight, 0 to 1439. */
  readonly minute: number;
}

/**
 * Depends on nothing but its arguments and the time zone rules that come with Node: when a place changes its rules, an
 * older Node does not know it. The caller has made sure that the zone exists.
 */
export function localTime(at: Instant, timeZone: string): LocalTime {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    weekday: 'long',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? '';
  const weekday = weekdays.find((each) => each === part('weekday')) ?? 'Monday';
  return { weekday, minute: Number(part('hour')) * 60 + Number(part('minute')) };
}

/** True: the clock on the wall shows one of the hours. An hour that a clock change repeats counts both times; one that it skips, never. */
export function isWithinHours({ days, fromMinute, untilMinute, timeZone }: PolicyHours, at: Instant): boolean {
  const { weekday, minute } = localTime(at, timeZone);
  if (untilMinute > fromMinute) return days.includes(weekday) && minute >= fromMinute && minute < untilMinute;
  // Over midnight: what is left of the night before counts for the day on which it began.
  return (days.includes(weekday) && minute >= fromMinute) || (days.includes(dayBefore(weekday)) && minute < untilMinute);
}

/** "Monday, Tuesday 09:00–17:30 Europe/Berlin" */
export function spokenHours({ days, fromMinute, untilMinute, timeZone }: PolicyHours): string {
  const spokenDays = days.length === weekdays.length ? 'every day' : days.join(', ');
  return `${spokenDays} ${spokenMinute(fromMinute)}–${spokenMinute(untilMinute)} ${timeZone}`;
}

/** "Saturday 02:47" */
export function spokenLocalTime({ weekday, minute }: LocalTime): string {
  return `${weekday} ${spokenMinute(minute)}`;
}

function spokenMinute(minute: number): string {
  return [Math.floor(minute / 60), minute % 60].map((each) => String(each).padStart(2, '0')).join(':');
}

function dayBefore(weekday: Weekday): Weekday {
  return weekdays[(weekdays.indexOf(weekday) + weekdays.length - 1) % weekdays.length] ?? 'Monday';
}
