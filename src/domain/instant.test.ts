import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInstant, parseInstant } from './instant.ts';

test('a time as the Kubernetes API writes it reads as the instant that it names', () => {
  const seconds = fc.integer({ min: Date.parse('1000-01-01T00:00:00Z') / 1000, max: Date.parse('9999-12-31T23:59:59Z') / 1000 });
  fc.assert(
    fc.property(seconds, (second) => {
      expect(parseInstant(formatInstant(second * 1000))).toBe(second * 1000);
    }),
  );
});

test('any text that looks like a time reads as the platform would read it', () => {
  const two = fc.integer({ min: 0, max: 99 }).map((number) => String(number).padStart(2, '0'));
  const mark = fc.constantFrom('-', ':', 'T', 'Z', ' ', '+', '٣');
  const text = fc.tuple(two, two, mark, two, mark, two, mark, two, mark, two, mark, two, mark).map((parts) => parts.join(''));
  const nearly = fc.tuple(two, two, two, two, two, two, two).map(([a, b, c, d, e, f, g]) => `${a}${b}-${c}-${d}T${e}:${f}:${g}Z`);
  fc.assert(
    fc.property(fc.oneof(text, nearly), (written) => {
      const expected = Date.parse(written);

      expect(parseInstant(written)).toBe(Number.isNaN(expected) ? undefined : expected);
    }),
    { numRuns: 2000 },
  );
});
