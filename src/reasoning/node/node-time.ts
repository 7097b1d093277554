import {
  type Instant,
  millisecondsPerDay,
  millisecondsPerHour,
  millisecondsPerMinute,
  millisecondsPerSecond,
  parseInstant,
} from '../../domain/instant.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const units: { readonly [unit: string]: number } = {
  us: 0.001,
  ms: 1,
  s: millisecondsPerSecond,
  sec: millisecondsPerSecond,
  second: millisecondsPerSecond,
  min: millisecondsPerMinute,
  minute: millisecondsPerMinute,
  h: millisecondsPerHour,
  hour: millisecondsPerHour,
  day: millisecondsPerDay,
  week: 7 * millisecondsPerDay,
  month: 30.44 * millisecondsPerDay,
  year: 365.25 * millisecondsPerDay,
};

/**
 * When a line of a journal or kernel log happened. Understands RFC 3339 and ISO ("short-iso"), `dmesg -T`
 * ("[Tue Nov 10 02:42:48 2026]") and syslog ("Nov 10 02:42:48", which names no year: the latest one that is not after `near`).
 * Times without a zone are read as UTC, which is what servers are set to. Absent: the line does not begin with a time.
 */
export function timeOfLine(line: string, near: Instant): Instant | undefined {
  const start = line.slice(0, 64).trimStart();
  const iso = /^\[?(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d\d:?\d\d)?/.exec(start);
  if (iso !== null) return parseInstant(`${iso[1]}T${iso[2]}${iso[3] === undefined ? '' : `.${iso[3].slice(0, 3)}`}${zoneOf(iso[4])}`);
  const long = /^\[?[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d) (?:UTC )?(\d{4})/.exec(start);
  if (long !== null) return fromParts(Number(long[4]), long[1], long[2], long[3]);
  const short = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d:\d\d:\d\d)/.exec(start);
  return short === null ? undefined : inYearBefore(near, short[1], short[2], short[3]);
}

/** "Tue 2026-11-10 02:42:51 UTC", as systemd writes it. Absent: the zone is one that cannot be known from its letters. */
export function systemdTime(written: string): Instant | undefined {
  const match = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: (UTC|GMT|Z|[+-]\d\d:?\d\d))?(?: ([A-Z]{2,5}))?/.exec(written);
  if (match === null || match[4] !== undefined) return undefined;
  return parseInstant(`${match[1]}T${match[2]}${zoneOf(match[3])}`);
}

/** Milliseconds in "6min ago", "2 days ago", "1h 4min ago". Absent: no such words. */
export function agoMilliseconds(written: string): number | undefined {
  const match = /((?:\d{1,6} ?[a-z]{1,7} ){1,3})ago/.exec(`${written.slice(0, 200)} `);
  if (match?.[1] === undefined) return undefined;
  let total = 0;
  for (const part of match[1].matchAll(/(\d{1,6}) ?([a-z]{1,7})/g)) {
    const unit = part[2] ?? '';
    const size = units[unit] ?? units[unit.replace(/s$/, '')];
    if (size === undefined) return undefined;
    total += Number(part[1]) * size;
  }
  return total;
}

function zoneOf(written: string | undefined): string {
  if (written === undefined || written === 'UTC' || written === 'GMT' || written === 'Z') return 'Z';
  return written.includes(':') ? written : `${written.slice(0, 3)}:${written.slice(3)}`;
}

function inYearBefore(near: Instant, month: string | undefined, day: string | undefined, time: string | undefined): Instant | undefined {
  const year = new Date(near).getUTCFullYear();
  const thisYear = fromParts(year, month, day, time);
  // A day of slack: the node's clock may run ahead of the one that collected.
  return thisYear !== undefined && thisYear > near + millisecondsPerDay ? fromParts(year - 1, month, day, time) : thisYear;
}

function fromParts(year: number, month: string | undefined, day: string | undefined, time: string | undefined): Instant | undefined {
  const index = months.indexOf((month ?? '').toLowerCase());
  if (index < 0 || day === undefined || time === undefined) return undefined;
  return parseInstant(`${year}-${String(index + 1).padStart(2, '0')}-${day.padStart(2, '0')}T${time}Z`);
}
