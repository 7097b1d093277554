import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastDue, parseCronSchedule } from './cron-schedule.ts';
import { formatInstant, parseInstant } from './instant.ts';

function due(written: string, at: string): string | undefined {
  const schedule = parseCronSchedule(written);
  const instant = schedule === undefined || schedule === 'every' ? undefined : lastDue(schedule, parseInstant(at) ?? 0);
  return instant === undefined ? undefined : formatInstant(instant);
}

describe('a cron schedule', () => {
  it.each([
    ['*/5 * * * *', '2026-03-01T10:03:20Z', '2026-03-01T10:00:00Z'],
    ['0 2 * * *', '2026-03-01T10:00:00Z', '2026-03-01T02:00:00Z'],
    ['@hourly', '2026-03-01T10:59:59Z', '2026-03-01T10:00:00Z'],
    ['30 6 * * mon-fri', '2026-03-01T10:00:00Z', '2026-02-27T06:30:00Z'],
    ['0 0 1,15 * *', '2026-03-03T10:00:00Z', '2026-03-01T00:00:00Z'],
    ['0 12 13 * 5', '2026-03-01T10:00:00Z', '2026-02-27T12:00:00Z'],
    ['0 0 * * 7', '2026-03-02T10:00:00Z', '2026-03-01T00:00:00Z'],
    ['TZ=UTC 0 2 * * *', '2026-03-01T10:00:00Z', '2026-03-01T02:00:00Z'],
    ['0 0 1 1 *', '2026-03-01T10:00:00Z', undefined],
  ])('%s at %s was last due %s', (written, at, expected) => {
    expect(due(written, at)).toBe(expected);
  });

  it.each(['', '* * * *', '61 * * * *', '* 24 * * *', '* * * * * *', 'every day', '*/0 * * * *', '5-1 * * * *', '* * * foo *'])(
    '"%s" is none',
    (written) => {
      expect(parseCronSchedule(written)).toBeUndefined();
    },
  );

  it('of every minute was due within the last minute, whatever the time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), (at) => {
        const schedule = parseCronSchedule('* * * * *');
        const last = schedule === undefined || schedule === 'every' ? undefined : lastDue(schedule, at);
        expect(last !== undefined && last <= at && at - last < 60_000).toBe(true);
      }),
    );
  });
});
