import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern } from './policy.ts';

test.each([
  ['payments', 'payments', true],
  ['payments', 'payment', false],
  ['payments', 'pay*', true],
  ['payments', '*', true],
  ['', '*', true],
  ['payments', '*ments', true],
  ['payments', 'p*y*s', true],
  ['aba', 'ab*ba', false],
  ['abba', 'ab*ba', true],
  ['axbxc', 'a*b*b*c', false],
  ['payments.eu', 'payments-eu', false],
  ['payments', 'PAY*', false],
])('%j and the pattern %j: %s', (name, pattern, isMatch) => {
  expect(matchesPattern(name, pattern)).toBe(isMatch);
});

test('a pattern takes exactly the names that the same regular expression takes', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 8 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*'), maxLength: 6 });
  fc.assert(
    fc.property(letters, pattern, (name, each) => {
      expect(matchesPattern(name, each)).toBe(new RegExp(`^${each.replaceAll('*', '.*')}$`).test(name));
    }),
    { numRuns: 1000 },
  );
});
