import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextMorning } from './next-morning.ts';

test.each([
  ['in UTC where nobody says where the engineer is', '2026-09-15T02:47:00Z', undefined, '2026-09-16T09:00:00Z'],
  ['where the engineer is', '2026-09-15T02:47:00Z', 'Europe/Berlin', '2026-09-16T07:00:00Z'],
  ['of the engineer’s own next day, which may begin before that of UTC', '2026-09-15T22:30:00Z', 'Europe/Berlin', '2026-09-17T07:00:00Z'],
  [
    'of the engineer’s own next day, which may begin after that of UTC',
    '2026-09-15T02:47:00Z',
    'America/Los_Angeles',
    '2026-09-15T16:00:00Z',
  ],
  ['after the clocks went forward in the night', '2026-03-28T22:00:00Z', 'Europe/Berlin', '2026-03-29T07:00:00Z'],
  ['after the clocks went back in the night', '2026-10-24T20:00:00Z', 'Europe/Berlin', '2026-10-25T08:00:00Z'],
  ['from the hour that happens twice', '2026-10-25T00:30:00Z', 'Europe/Berlin', '2026-10-26T08:00:00Z'],
  ['with an offset that is not of whole hours', '2026-09-15T02:47:00Z', 'Asia/Kolkata', '2026-09-16T03:30:00Z'],
] as const)('the next morning is nine o’clock %s', (_what, now, timeZone, morning) => {
  expect(new Date(nextMorning(Date.parse(now), timeZone)).toISOString()).toBe(new Date(morning).toISOString());
});

test('the next morning shows nine on every clock of the world, and lies ahead by less than two days', () => {
  const zones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Asia/Tokyo',
  );
  const instants = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2035, 0, 1) });
  fc.assert(
    fc.property(instants, zones, (now, timeZone) => {
      const morning = nextMorning(now, timeZone);

      expect(new Date(morning).toLocaleTimeString('en-GB', { timeZone })).toBe('09:00:00');
      expect(morning - now).toBeGreaterThan(0);
      expect(morning - now).toBeLessThan(34 * 3_600_000);
    }),
    { numRuns: 200 },
  );
});
