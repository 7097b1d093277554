import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Instant, millisecondsPerDay, millisecondsPerHour, millisecondsPerMinute } from './instant.ts';
import { type PolicyHours, weekdays } from './policy.ts';
import { isWithinHours, localTime, spokenHours } from './policy-hours.ts';

const everyDay: PolicyHours['days'] = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function hours(from: string, until: string, more: Partial<PolicyHours> = {}): PolicyHours {
  const minute = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { days: everyDay, fromMinute: minute(from), untilMinute: minute(until), timeZone: 'Europe/Berlin', ...more };
}

const at = (text: string): Instant => Date.parse(text);

describe('hours', () => {
  const office = hours('09:00', '17:30', { days: ['Monday', 'Friday'] });

  test.each([
    ['2026-11-20T08:00:00Z', 'Friday 09:00', true],
    ['2026-11-20T07:59:59Z', 'Friday 08:59', false],
    ['2026-11-20T16:29:59Z', 'Friday 17:29', true],
    ['2026-11-20T16:30:00Z', 'Friday 17:30', false],
    ['2026-11-19T12:00:00Z', 'Thursday', false],
    ['2026-07-17T07:00:00Z', 'Friday 09:00 in summer', true],
    ['2026-07-17T06:59:00Z', 'Friday 08:59 in summer', false],
  ])('of an office at %s, %s: %s', (instant, _, isOpen) => {
    expect(isWithinHours(office, at(instant))).toBe(isOpen);
  });

  test.each([
    ['2026-11-20T21:00:00Z', 'Friday 22:00', true],
    ['2026-11-21T04:59:00Z', 'Saturday 05:59, of the night that began on Friday', true],
    ['2026-11-21T05:00:00Z', 'Saturday 06:00', false],
    ['2026-11-21T21:00:00Z', 'Saturday 22:00', false],
    ['2026-11-20T03:00:00Z', 'Friday 04:00, of the night that began on Thursday', false],
    ['2026-11-23T03:00:00Z', 'Monday 04:00, of the night that began on Sunday', true],
  ])('over midnight belong to the day on which they begin: %s, %s: %s', (instant, _, isOpen) => {
    expect(isWithinHours(hours('22:00', '06:00', { days: ['Friday', 'Sunday'] }), at(instant))).toBe(isOpen);
  });

  test('until midnight and until the end of the day are the same', () => {
    const evening = hours('20:00', '24:00', { days: ['Friday'] });
    expect(isWithinHours(evening, at('2026-11-20T22:59:59Z'))).toBe(true);
    expect(isWithinHours(evening, at('2026-11-20T23:00:00Z'))).toBe(false);
  });

  test('that the clock skips in spring never come, and those around it are not lengthened', () => {
    // On 2026-03-29 at 01:00 UTC, Berlin's clocks go from 02:00 to 03:00.
    const skipped = hours('02:00', '03:00');
    const minutes = Array.from({ length: 180 }, (_, index) => at('2026-03-29T00:00:00Z') + index * millisecondsPerMinute);
    expect(minutes.filter((each) => isWithinHours(skipped, each))).toEqual([]);
    expect(minutes.filter((each) => isWithinHours(hours('01:30', '03:30'), each))).toHaveLength(60);
  });

  test('that the clock repeats in autumn count both times', () => {
    // On 2026-10-25 at 01:00 UTC, Berlin's clocks go from 03:00 back to 02:00.
    const minutes = Array.from({ length: 240 }, (_, index) => at('2026-10-24T23:00:00Z') + index * millisecondsPerMinute);
    expect(minutes.filter((each) => isWithinHours(hours('02:00', '03:00'), each))).toHaveLength(120);
  });

  test('are spoken as they were written', () => {
    expect(spokenHours(hours('09:00', '17:30', { days: ['Monday', 'Friday'] }))).toBe('Monday, Friday 09:00–17:30 Europe/Berlin');
    expect(spokenHours(hours('00:00', '24:00'))).toBe('every day 00:00–24:00 Europe/Berlin');
  });
});

/** Worked out by the rule of the European Union, not by Node: summer time from the last Sunday of March to that of October, 01:00 UTC. */
function berlinOffset(instant: Instant): number {
  const year = new Date(instant).getUTCFullYear();
  const lastSunday = (month: number): Instant => {
    const end = Date.UTC(year, month + 1, 0, 1);
    return end - new Date(end).getUTCDay() * millisecondsPerDay;
  };
  return instant >= lastSunday(2) && instant < lastSunday(9) ? 2 * millisecondsPerHour : millisecondsPerHour;
}

const instants = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2035, 0) });
/** Many of them within hours of a change of the clocks. */
const nearChanges = fc
  .tuple(fc.integer({ min: 2000, max: 2034 }), fc.constantFrom(2, 9), fc.integer({ min: -72 * 60, max: 8 * 24 * 60 }))
  .map(([year, month, minutes]) => Date.UTC(year, month, 25) + minutes * millisecondsPerMinute);

test('the clock on the wall in Berlin shows what the rule of the European Union says, around each change too', () => {
  fc.assert(
    fc.property(fc.oneof(instants, nearChanges), (instant) => {
      const wall = new Date(instant + berlinOffset(instant));
      const minute = wall.getUTCHours() * 60 + wall.getUTCMinutes();
      expect(localTime(instant, 'Europe/Berlin')).toEqual({ weekday: weekdays[(wall.getUTCDay() + 6) % 7], minute });
    }),
    { numRuns: 500 },
  );
});

test('hours and the hours that are left of the day make a whole day, whatever the clocks do', () => {
  fc.assert(
    fc.property(
      fc.oneof(instants, nearChanges),
      fc.integer({ min: 1, max: 1439 }),
      fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Pacific/Apia', 'Australia/Lord_Howe', 'UTC'),
      (instant, border, timeZone) => {
        const morning = isWithinHours({ days: everyDay, fromMinute: 0, untilMinute: border, timeZone }, instant);
        const rest = isWithinHours({ days: everyDay, fromMinute: border, untilMinute: 1440, timeZone }, instant);
        expect(morning).toBe(!rest);
      },
    ),
  );
});

test('of a week, an hour over midnight on one day is an hour', () => {
  const start = Date.UTC(2026, 5, 1);
  const tens = Array.from({ length: 7 * 24 * 6 }, (_, index) => start + index * 10 * millisecondsPerMinute);
  for (const day of ['Wednesday', 'Sunday'] as const)
    expect(tens.filter((each) => isWithinHours(hours('23:30', '00:30', { days: [day], timeZone: 'UTC' }), each))).toHaveLength(6);
});
