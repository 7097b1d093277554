import { type Instant, millisecondsPerMinute } from './instant.ts';

/** Minutes, hours, days of the month, months and days of the week at which a schedule is due. */
export interface CronSchedule {
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  readonly weekdays: ReadonlySet<number>;
  /** Where both day fields are restricted, either of them suffices. */
  readonly isAnyDay: boolean;
}

const macros: { readonly [name: string]: string } = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};
const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Source: https://en.wikipedia.org/wiki/Cron, as Kubernetes takes it. Absent: not a schedule. "every": an interval, due all the time. */
export function parseCronSchedule(written: string): CronSchedule | 'every' | undefined {
  const plain = written.trim().replace(/^(?:CRON_TZ|TZ)=\S+\s+/, '');
  if (/^@every \S+$/.test(plain)) return 'every';
  const fields = (macros[plain] ?? plain).split(/\s+/);
  const [minute, hour, day, month, weekday] = fields;
  if (
    fields.length !== 5 ||
    minute === undefined ||
    hour === undefined ||
    day === undefined ||
    month === undefined ||
    weekday === undefined
  )
    return undefined;
  const minutes = parseField(minute, { from: 0, to: 59, names: [] });
  const hours = parseField(hour, { from: 0, to: 23, names: [] });
  const days = parseField(day, { from: 1, to: 31, names: [] });
  const months = parseField(month, { from: 1, to: 12, names: monthNames });
  const weekdays = parseField(weekday, { from: 0, to: 7, names: weekdayNames });
  if (minutes === undefined || hours === undefined || days === undefined || months === undefined || weekdays === undefined)
    return undefined;
  const isRestricted = (field: string): boolean => field !== '*' && field !== '?';
  return {
    minutes,
    hours,
    days,
    months,
    weekdays: new Set([...weekdays].map((each) => each % 7)),
    isAnyDay: isRestricted(day) && isRestricted(weekday),
  };
}

interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}

function parseField(field: string, bounds: Bounds): ReadonlySet<number> | undefined {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(\*|\?|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/(\d+))?$/.exec(part);
    if (match?.[1] === undefined) return undefined;
    const isOpen = match[1] === '*' || match[1] === '?';
    const start = isOpen ? bounds.from : valueOf(match[1], bounds);
    const step = match[3] === undefined ? 1 : Number(match[3]);
    const end = match[2] === undefined ? (isOpen || match[3] !== undefined ? bounds.to : start) : valueOf(match[2], bounds);
    if (start === undefined || end === undefined || step < 1 || start > end) return undefined;
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return values;
}

function valueOf(written: string, { from, to, names }: Bounds): number | undefined {
  const named = names.indexOf(written.toLowerCase());
  const value = named >= 0 ? named + (names === monthNames ? 1 : 0) : /^\d+$/.test(written) ? Number(written) : undefined;
  return value !== undefined && value >= from && value <= to ? value : undefined;
}

/** How far back is looked: beyond it a schedule is so rare that its absence says nothing. */
const longestLookBackMinutes = 60 * 24 * 8;

/** When the schedule was last due, in UTC, no later than `at`. Absent: not within eight days. */
export function lastDue(schedule: CronSchedule, at: Instant): Instant | undefined {
  const latest = Math.floor(at / millisecondsPerMinute) * millisecondsPerMinute;
  for (let back = 0; back < longestLookBackMinutes; back += 1) {
    const instant = latest - back * millisecondsPerMinute;
    if (isDue(schedule, new Date(instant))) return instant;
  }
  return undefined;
}

function isDue(schedule: CronSchedule, date: Date): boolean {
  const isDay = schedule.days.has(date.getUTCDate());
  const isWeekday = schedule.weekdays.has(date.getUTCDay());
  return (
    schedule.minutes.has(date.getUTCMinutes()) &&
    schedule.hours.has(date.getUTCHours()) &&
    schedule.months.has(date.getUTCMonth() + 1) &&
    (schedule.isAnyDay ? isDay || isWeekday : isDay && isWeekday)
  );
}
