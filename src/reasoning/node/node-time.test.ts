import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../domain/instant.ts';
import { agoMilliseconds, systemdTime, timeOfLine } from './node-time.ts';

const near = Date.parse('2026-11-14T03:00:00Z');

describe('the time of a line', () => {
  it.each([
    ['journalctl -o short-iso-precise', '2026-11-14T02:41:31.402117+0000 node-1 kernel: x', '2026-11-14T02:41:31.402Z'],
    ['journalctl -o short-iso with a zone', '2026-11-14T03:41:31+0100 node-1 kernel: x', '2026-11-14T02:41:31Z'],
    ['kubectl logs --timestamps', '2026-11-14T02:41:31.5Z x', '2026-11-14T02:41:31.500Z'],
    ['dmesg -T', '[Sat Nov 14 02:41:31 2026] x', '2026-11-14T02:41:31Z'],
    ['syslog', 'Nov 14 02:41:31 node-1 kernel: x', '2026-11-14T02:41:31Z'],
    ['syslog of last year', 'Dec  3 02:41:31 node-1 kernel: x', '2025-12-03T02:41:31Z'],
  ])('is read as %s writes it', (_who, line, expected) => {
    expect(formatInstant(timeOfLine(line, near) ?? 0)).toBe(expected);
  });

  it('is absent where the line begins with seconds since boot or with words', () => {
    expect([timeOfLine('[12345.678901] x', near), timeOfLine('kernel: x', near), timeOfLine('', near)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('never throws and never gives a number that is no time', () => {
    fc.assert(fc.property(fc.string(), (line) => !Number.isNaN(timeOfLine(line, near) ?? 0)));
  });
});

describe('times of systemd', () => {
  it('are read in UTC', () => {
    expect(formatInstant(systemdTime('Tue 2026-11-10 02:42:51 UTC') ?? 0)).toBe('2026-11-10T02:42:51Z');
  });

  it('are not guessed in a zone that has only a name', () => {
    expect(systemdTime('Tue 2026-11-10 02:42:51 CET')).toBeUndefined();
  });

  it.each([
    ['6min ago', 360_000],
    ['1h 4min ago', 3_840_000],
    ['2 days ago', 172_800_000],
    ['3s ago', 3000],
  ])('"%s" is a length of time', (written, expected) => {
    expect(agoMilliseconds(`since x; ${written}`)).toBe(expected);
  });

  it('other words are none', () => {
    expect(agoMilliseconds('long ago')).toBeUndefined();
    fc.assert(fc.property(fc.string(), (written) => (agoMilliseconds(written) ?? 0) >= 0));
  });
});
